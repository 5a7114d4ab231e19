import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from headtohead.analysis.interval import anytime_estimate, fixed_size_estimate, log_ratios
from headtohead.analysis.verdicts import is_settled

ESTIMATES = pytest.mark.parametrize("estimate", [fixed_size_estimate, anytime_estimate])
RATIOS = arrays(
    np.float64,
    st.integers(1, 150),
    elements=st.floats(-3, 3).map(lambda value: round(value, 6)),
)


def noise(pairs: int, *, seed: int, spread: float = 0.1) -> np.ndarray:
    """Log ratios of an A/A comparison with the heavy tails of a shared machine."""
    random = np.random.default_rng(seed)
    return spread * random.standard_t(df=2, size=pairs)


def test_log_ratio_is_that_of_variant_over_baseline():
    assert log_ratios(
        baseline_ms=np.array([10.0, 4.0]), variant_ms=np.array([5.0, 4.0])
    ) == pytest.approx([math.log(0.5), 0.0])


@pytest.mark.simulation
@ESTIMATES
@given(ratios=RATIOS)
def test_interval_holds_the_estimate(estimate, ratios):
    result = estimate(ratios)
    assert result.low <= result.ratio <= result.high


@pytest.mark.simulation
@ESTIMATES
@given(ratios=RATIOS)
def test_swapping_the_arms_inverts_the_ratio(estimate, ratios):
    result, swapped = estimate(ratios), estimate(-ratios)
    assert swapped.ratio == pytest.approx(1 / result.ratio)
    if result.low > 0:
        assert swapped.low == pytest.approx(1 / result.high)
        assert swapped.high == pytest.approx(1 / result.low)


@pytest.mark.simulation
@ESTIMATES
@given(ratios=RATIOS, factor=st.floats(0.1, 10))
def test_a_factor_on_the_variant_moves_estimate_and_interval_by_it(estimate, ratios, factor):
    result, moved = estimate(ratios), estimate(ratios + math.log(factor))
    assert moved.ratio == pytest.approx(result.ratio * factor)
    if result.low > 0:
        assert moved.low == pytest.approx(result.low * factor)
        assert moved.high == pytest.approx(result.high * factor)


@ESTIMATES
def test_interval_shrinks_with_pairs(estimate):
    widths = [estimate(noise(pairs, seed=1)).half_width for pairs in (100, 1000, 10_000)]
    assert widths == sorted(widths, reverse=True)


@ESTIMATES
def test_a_few_pairs_give_no_interval(estimate):
    result = estimate(np.array([0.1, 0.2, 0.3]))
    assert (result.low, result.high) == (0.0, math.inf)
    assert result.half_width == math.inf


def test_fixed_size_interval_is_the_one_that_sign_flips_give():
    """Inversion by brute force: keep every shift whose sign sum coin flips often exceed."""
    ratios = noise(25, seed=3)
    flips = np.random.default_rng(0).choice([-1, 1], size=(200_000, 25)).sum(axis=1)
    kept = [
        shift
        for shift in np.sort(ratios)
        if np.mean(np.abs(flips) >= abs(np.sign(ratios - (shift - 1e-9)).sum())) > 0.05
        or np.mean(np.abs(flips) >= abs(np.sign(ratios - (shift + 1e-9)).sum())) > 0.05
    ]
    result = fixed_size_estimate(ratios)
    assert (math.log(result.low), math.log(result.high)) == pytest.approx((kept[0], kept[-1]))


def test_fixed_size_interval_misses_no_effect_in_about_one_of_twenty_comparisons():
    covered = [
        (result := fixed_size_estimate(noise(200, seed=seed))).low <= 1 <= result.high
        for seed in range(2000)
    ]
    # The true coverage of 200 pairs is 96 %; three standard errors of 2000 trials are 1.3 %.
    assert 0.945 <= np.mean(covered) <= 0.975


@pytest.mark.simulation
def test_confidence_sequence_keeps_its_promise_however_often_one_looks():
    """An A/A comparison looked at after every tenth pair for 2000 pairs."""
    crossed = 0
    for seed in range(200):
        ratios = noise(2000, seed=seed)
        looks = (anytime_estimate(ratios[:pairs]) for pairs in range(10, 2001, 10))
        crossed += any(look.low > 1 or look.high < 1 for look in looks)
    assert crossed / 200 <= 0.05


def test_looking_at_the_fixed_size_interval_would_not_keep_it():
    crossed = 0
    for seed in range(100):
        ratios = noise(2000, seed=seed)
        looks = (fixed_size_estimate(ratios[:pairs]) for pairs in range(10, 2001, 10))
        crossed += any(look.low > 1 or look.high < 1 for look in looks)
    assert crossed / 100 > 0.2


@pytest.mark.parametrize("effect", [0.0, 0.05, 0.10])
def test_interval_at_the_stop_keeps_its_coverage(effect):
    """Stopping is left to the confidence sequence, and the narrower interval is what is printed."""
    truth, covered, runs = math.log1p(effect), 0, 400
    for seed in range(runs):
        ratios = truth + noise(1500, seed=seed, spread=0.05)
        for pairs in range(60, len(ratios) + 1, 60):
            if is_settled(anytime_estimate(ratios[:pairs]), pairs=pairs, margin=0.02):
                break
        else:
            pytest.fail("every one of these runs stops early")
        estimate = fixed_size_estimate(ratios[:pairs])
        covered += estimate.low <= 1 + effect <= estimate.high
    assert 0.93 <= covered / runs <= 0.985
