import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.analysis.interval import anytime_estimate, fixed_size_estimate
from headtohead.analysis.results import Verdict
from headtohead.analysis.verdicts import VerdictAt, holm_alphas, judge, stopping_alpha

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)
MARGIN = 0.02
BEYOND = np.log1p(MARGIN)
COMPARISONS = 8


def closing_at(p_value: float) -> VerdictAt:
    """A comparison that says something once it may be wrong as often as `p_value`."""
    return lambda rate: Verdict.FASTER if p_value <= rate else Verdict.INCONCLUSIVE


def closed(p_values: list[float]) -> set[int]:
    rates = holm_alphas([closing_at(p_value) for p_value in p_values])
    return {index for index, p_value in enumerate(p_values) if p_value <= rates[index]}


def rejected_by_holm(p_values: list[float]) -> set[int]:
    """Holm's procedure as textbooks have it: the smallest p-value first."""
    found: set[int] = set()
    for step, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[index] > 0.05 / (len(p_values) - step):
            break
        found.add(index)
    return found


def false_claims_in(
    true_effects: list[float], *, adjusted: bool, seed: int, estimate=fixed_size_estimate
) -> bool:
    """Whether a simulated run of several comparisons says anything that is not so."""
    random = np.random.default_rng(seed)
    pairs = [effect + 0.1 * random.standard_t(df=2, size=600) for effect in true_effects]
    verdicts = [
        lambda rate, ratios=ratios: judge(estimate(ratios, alpha=rate), margin=MARGIN)
        for ratios in pairs
    ]
    rates = holm_alphas(verdicts) if adjusted else [0.05] * len(pairs)
    return any(
        not is_so(verdict(rate), effect)
        for verdict, rate, effect in zip(verdicts, rates, true_effects, strict=True)
    )


def is_so(verdict: Verdict, effect: float) -> bool:
    return {
        Verdict.FASTER: effect <= -BEYOND,
        Verdict.SLOWER: effect >= BEYOND,
        Verdict.FASTER_SIZE_UNRESOLVED: effect < 0,
        Verdict.SLOWER_SIZE_UNRESOLVED: effect > 0,
        Verdict.NO_DIFFERENCE: abs(effect) <= BEYOND,
        Verdict.INCONCLUSIVE: True,
    }[verdict]


@given(p_values=P_VALUES)
def test_what_is_closed_is_what_holm_rejects(p_values):
    assert closed(p_values) == rejected_by_holm(p_values)


@given(p_values=P_VALUES)
def test_every_rate_lies_between_an_equal_part_and_the_whole(p_values):
    rates = holm_alphas([closing_at(p_value) for p_value in p_values])
    assert all(stopping_alpha(len(p_values)) <= rate <= 0.05 for rate in rates)


@given(p_values=P_VALUES, random=st.randoms(use_true_random=False))
def test_the_order_of_the_comparisons_does_not_matter(p_values, random):
    order = list(range(len(p_values)))
    random.shuffle(order)
    rates = holm_alphas([closing_at(p_value) for p_value in p_values])
    shuffled = holm_alphas([closing_at(p_values[index]) for index in order])
    assert list(shuffled) == [rates[index] for index in order]


@given(p_values=P_VALUES)
def test_what_was_clear_enough_to_stop_at_stays_clear(p_values):
    stopped = {
        index for index, p_value in enumerate(p_values) if p_value <= stopping_alpha(len(p_values))
    }
    assert stopped <= closed(p_values)


def test_a_single_comparison_keeps_the_whole_rate():
    assert holm_alphas([closing_at(1)]) == (0.05,)
    assert stopping_alpha(1) == 0.05


def test_what_the_closed_ones_leave_goes_to_the_others():
    rates = holm_alphas([closing_at(0), closing_at(0.03), closing_at(1)])
    assert rates == pytest.approx((0.05 / 3, 0.05 / 2, 0.05 / 2))


@pytest.mark.parametrize(
    "verdict", [Verdict.NO_DIFFERENCE, Verdict.FASTER_SIZE_UNRESOLVED, Verdict.INCONCLUSIVE]
)
def test_what_does_not_go_beyond_the_margin_leaves_nothing(verdict):
    rates = holm_alphas([lambda _: verdict, closing_at(1)])
    assert rates == (0.025, 0.025)


# What there is to be wrong about: nothing at all, effects as large as the margin, effects that go
# beyond it by so little that they are found in about half of the runs, great ones, and mixtures.
EFFECTS = {
    "none": [0.0] * COMPARISONS,
    "at the margin": [BEYOND - 1e-9] * COMPARISONS,
    "hardly found": [BEYOND + 0.015] * COMPARISONS,
    "none and great": [0.0] * 4 + [1.0] * 4,
    "none and at the margin": [0.0] * 4 + [BEYOND - 1e-9] * 4,
    "none and hardly found": [0.0] * 4 + [BEYOND + 0.015] * 4,
    "at the margin and great": [BEYOND - 1e-9] * 4 + [-1.0] * 4,
}


@pytest.mark.simulation
@pytest.mark.parametrize("effects", EFFECTS.values(), ids=EFFECTS)
def test_no_more_than_five_percent_of_runs_hold_a_wrong_verdict(effects):
    wrong = [false_claims_in(effects, adjusted=True, seed=seed) for seed in range(1000)]
    # Three standard errors of a thousand runs are 2 %.
    assert np.mean(wrong) <= 0.05 + 0.02


def test_confidence_sequences_keep_it_too():
    wrong = [
        false_claims_in(EFFECTS["none"], adjusted=True, seed=seed, estimate=anytime_estimate)
        for seed in range(500)
    ]
    assert np.mean(wrong) <= 0.05


def test_without_the_adjustment_many_more_would():
    wrong = [false_claims_in(EFFECTS["none"], adjusted=False, seed=seed) for seed in range(500)]
    assert np.mean(wrong) > 0.1
