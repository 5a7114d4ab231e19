import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.analysis.carry_over import allow_for, carry_over
from headtohead.analysis.interval import Estimate

SEEDS = st.integers(0, 10_000)


def found(*, seed: int, baseline: float = 0.0, variant: float = 0.0, pairs: int = 600) -> Estimate:
    """What is found where wash-out requests are slower by these log ratios after the other arm's.

    After a request of their own kind they are not, and both arms' first requests are a little
    slower in any case.
    """
    random = np.random.default_rng(seed)
    first = random.random(pairs) < 0.5
    noise = 0.03 + 0.05 * random.standard_t(df=3, size=(2, pairs))
    return carry_over(
        baseline_first=first,
        baseline_washed=noise[0] + np.where(first, 0.0, baseline),
        variant_washed=noise[1] + np.where(first, variant, 0.0),
    )


@given(seed=SEEDS)
def test_what_slows_both_arms_alike_cancels(seed):
    assert found(seed=seed, baseline=0.2, variant=0.2).ratio == pytest.approx(1, abs=0.05)


def test_what_slows_one_arm_is_found_with_its_size():
    for sign in (1, -1):
        estimate = found(seed=1, variant=sign * 0.15)
        assert estimate.low < math.exp(sign * 0.15) < estimate.high
        assert not estimate.low <= 1 <= estimate.high


def test_it_is_claimed_falsely_in_hardly_one_sound_comparison_of_a_hundred():
    claims = sum(not each.low <= 1 <= each.high for each in (found(seed=n) for n in range(500)))
    assert claims <= 5


def test_pairs_of_one_order_alone_say_nothing():
    estimate = carry_over(
        baseline_first=np.ones(50, dtype=bool),
        baseline_washed=np.zeros(50),
        variant_washed=np.ones(50),
    )
    assert (estimate.low, estimate.high) == (0.0, math.inf)


def test_interval_is_widened_towards_where_the_effect_may_lie_without_it():
    effect = Estimate(ratio=1.05, low=1.04, high=1.06)
    slows_variant = Estimate(ratio=1.1, low=1.08, high=1.12)
    slows_baseline = Estimate(ratio=0.9, low=0.88, high=0.92)
    unsure = Estimate(ratio=1.1, low=0.95, high=1.3)
    assert allow_for(slows_variant, effect) == Estimate(ratio=1.05, low=1.04 / 1.12, high=1.06)
    assert allow_for(slows_baseline, effect) == Estimate(ratio=1.05, low=1.04, high=1.06 / 0.88)
    assert allow_for(unsure, effect) == effect


@pytest.mark.simulation
@given(fading=st.floats(0.0, 0.5), left=st.floats(-0.3, 0.3))
def test_what_fades_by_half_or_more_with_each_request_is_covered(fading, left):
    """The second request to the variant still carries `fading` times what the first one met."""
    washed = left - left * fading
    measured = math.exp(left * fading)
    estimate = Estimate(ratio=measured, low=measured, high=measured)
    certain = Estimate(ratio=math.exp(washed), low=math.exp(washed), high=math.exp(washed))
    allowed = allow_for(certain, estimate)
    assert allowed.low <= 1 + 1e-12
    assert allowed.high >= 1 - 1e-12
