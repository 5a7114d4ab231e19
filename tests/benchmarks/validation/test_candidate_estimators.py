import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import trim_mean, wilcoxon

from benchmarks.validation.candidate_estimators import (
    hodges_lehmann_estimate,
    trimmed_mean_estimate,
)

CANDIDATES = pytest.mark.parametrize(
    "estimate",
    [
        hodges_lehmann_estimate,
        partial(trimmed_mean_estimate, share=0.1),
        partial(trimmed_mean_estimate, share=0.2),
    ],
    ids=["hodges-lehmann", "trimmed 10 %", "trimmed 20 %"],
)
RATIOS = arrays(
    np.float64,
    st.integers(1, 120),
    elements=st.floats(-3, 3).map(lambda value: round(value, 6)),
)


@pytest.mark.simulation
@CANDIDATES
@given(ratios=RATIOS)
def test_interval_holds_the_estimate(estimate, ratios):
    result = estimate(ratios)
    assert result.low <= result.ratio * (1 + 1e-9)
    assert result.ratio <= result.high * (1 + 1e-9)


@pytest.mark.simulation
@CANDIDATES
@given(ratios=RATIOS)
def test_swapping_the_arms_inverts_ratio_and_interval(estimate, ratios):
    result, swapped = estimate(ratios), estimate(-ratios)
    assert swapped.ratio == pytest.approx(1 / result.ratio)
    if result.low > 0:
        assert swapped.low == pytest.approx(1 / result.high)
        assert swapped.high == pytest.approx(1 / result.low)


@pytest.mark.simulation
@CANDIDATES
@given(ratios=RATIOS, factor=st.floats(0.1, 10))
def test_a_factor_on_the_variant_moves_estimate_and_interval_by_it(estimate, ratios, factor):
    result, moved = estimate(ratios), estimate(ratios + math.log(factor))
    assert moved.ratio == pytest.approx(result.ratio * factor)
    if result.low > 0:
        assert moved.low == pytest.approx(result.low * factor)
        assert moved.high == pytest.approx(result.high * factor)


@pytest.mark.simulation
@given(ratios=RATIOS)
def test_hodges_lehmann_is_the_median_of_all_pairwise_means(ratios):
    i, j = np.triu_indices(len(ratios))
    listed = float(np.median((ratios[i] + ratios[j]) / 2))
    assert math.log(hodges_lehmann_estimate(ratios).ratio) == pytest.approx(listed, abs=1e-9)


def test_hodges_lehmann_interval_inverts_the_signed_rank_test():
    ratios = np.random.default_rng(4).normal(0.02, 0.1, 60)
    result = hodges_lehmann_estimate(ratios)

    def p(effect: float) -> float:
        return wilcoxon(ratios - effect, method="asymptotic", correction=False).pvalue

    for end, inwards in ((math.log(result.low), 1), (math.log(result.high), -1)):
        assert p(end + 1e-3 * inwards) > 0.05
        assert p(end - 1e-3 * inwards) < 0.05


@given(ratios=RATIOS)
def test_trimmed_mean_is_scipys(ratios):
    expected = float(trim_mean(ratios, 0.1))
    assert math.log(trimmed_mean_estimate(ratios, share=0.1).ratio) == pytest.approx(
        expected, abs=1e-9
    )


@pytest.mark.simulation
@CANDIDATES
def test_interval_covers_the_truth_in_about_19_of_20_trials(estimate):
    random = np.random.default_rng(2)
    covered = [
        (result := estimate(0.1 * random.standard_t(df=3, size=300))).low <= 1 <= result.high
        for _ in range(600)
    ]
    # Three standard errors of 600 trials are 2.7 %.
    assert 0.92 <= np.mean(covered) <= 0.98


@CANDIDATES
def test_a_single_pair_gives_no_interval(estimate):
    result = estimate(np.array([0.1]))
    assert (result.low, result.high) == (0.0, math.inf)
