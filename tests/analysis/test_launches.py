import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.analysis.interval import fixed_size_estimate
from headtohead.analysis.launches import over_launches

SEEDS = st.integers(0, 10_000)


def drawn(
    seed: int, *, launches: int, effect: float = 0.0, luck: float = 0.01, pairs: int = 60
) -> list[np.ndarray]:
    """Log ratios of launches, each of which has luck that all its pairs share."""
    random = np.random.default_rng(seed)
    return [
        effect + luck * random.standard_normal() + 0.03 * random.standard_t(df=3, size=pairs)
        for _ in range(launches)
    ]


@given(seed=SEEDS, launches=st.integers(1, 9))
def test_swapping_the_arms_inverts_the_estimate(seed, launches):
    ratios = drawn(seed, launches=launches, effect=0.1)
    swapped = over_launches([-each for each in ratios])
    estimate = over_launches(ratios)
    assert swapped.ratio == pytest.approx(1 / estimate.ratio)
    if launches > 1:
        assert (swapped.low, swapped.high) == pytest.approx((1 / estimate.high, 1 / estimate.low))


@given(
    seed=SEEDS,
    launches=st.integers(1, 9),
    luck=st.sampled_from([0.0, 0.1]),
    alpha=st.sampled_from([0.05, 0.005]),
)
def test_interval_holds_that_of_the_pairs(seed, launches, luck, alpha):
    ratios = drawn(seed, launches=launches, luck=luck)
    estimate = over_launches(ratios, alpha=alpha)
    pairs = fixed_size_estimate(np.concatenate(ratios), alpha=alpha)
    assert estimate.low <= pairs.low
    assert estimate.high >= pairs.high


@given(seed=SEEDS)
def test_one_launch_knows_nothing_however_many_its_pairs(seed):
    estimate = over_launches(drawn(seed, launches=1, pairs=5000, luck=0.0))
    assert (estimate.low, estimate.high) == (0.0, math.inf)


@given(seed=SEEDS)
def test_many_more_launches_narrow_it(seed):
    # The same two over and over, so that their spread stays what it is.
    ratios = drawn(seed, launches=2, luck=0.05)
    few, many = over_launches(ratios * 2), over_launches(ratios * 16)
    assert many.half_width < few.half_width


@given(seed=SEEDS)
def test_a_rarer_miss_widens_it(seed):
    ratios = drawn(seed, launches=4)
    usual, rare = (over_launches(ratios, alpha=rate) for rate in (0.05, 0.005))
    assert rare.low < usual.low
    assert usual.high < rare.high


def test_every_launch_counts_the_same_however_many_its_pairs():
    estimate = over_launches([np.full(1000, 0.1), np.full(10, 0.3)])
    assert estimate.ratio == pytest.approx(math.exp(0.2))


def test_student_is_asked_about_launches_and_not_about_pairs():
    # Their medians are -0.1, 0, 0 and 0.1: a standard error of 0.0408, and t(0.975, 3) = 3.182.
    launches = [np.full(500, centre) for centre in (-0.1, 0.0, 0.0, 0.1)]
    estimate = over_launches(launches)
    assert math.log(estimate.high) == pytest.approx(3.182 * 0.040825, rel=1e-3)
    assert estimate.low == pytest.approx(1 / estimate.high)


def test_luck_of_launches_is_no_effect_more_often_than_allowed():
    lucky = [drawn(seed, launches=8, luck=0.02, pairs=200) for seed in range(300)]
    missed = sum(not each.low <= 1 <= each.high for each in map(over_launches, lucky))
    pooled = [fixed_size_estimate(np.concatenate(each)) for each in lucky]
    # Twice the standard error above one in twenty; who pools the pairs misses far more often.
    assert missed <= 300 * 0.05 + 2 * math.sqrt(300 * 0.05 * 0.95)
    assert sum(not each.low <= 1 <= each.high for each in pooled) > 100
