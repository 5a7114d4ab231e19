"""An effect over several launches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.analysis.interval import fixed_size_estimate
from headtohead.analysis.launches import over_launches

LAUNCHES = st.lists(
    st.lists(st.floats(-0.5, 0.5), min_size=8, max_size=20).map(np.array), min_size=2, max_size=8
)


def launches(*centres: float, spread: float = 0.02, pairs: int = 60) -> list[np.ndarray]:
    random = np.random.default_rng(1)
    return [random.normal(centre, spread, pairs) for centre in centres]


@given(LAUNCHES)
def test_swapping_the_arms_inverts_the_ratio_and_the_interval(taken):
    one, other = over_launches(taken), over_launches([-each for each in taken])
    assert one.ratio == pytest.approx(1 / other.ratio)
    assert one.low == pytest.approx(1 / other.high)


@given(LAUNCHES)
def test_the_interval_holds_that_of_all_pairs(taken):
    whole, pairs = over_launches(taken), fixed_size_estimate(np.concatenate(taken))
    assert whole.low <= pairs.low
    assert whole.high >= pairs.high


def test_one_launch_knows_nothing_of_others():
    estimate = over_launches(launches(0.05))
    assert (estimate.low, estimate.high) == (0.0, float("inf"))


def test_luck_that_changes_with_every_launch_is_no_effect():
    # All pairs together would exclude 1 by far.
    lucky = launches(0.04, -0.02, 0.03, 0.02, -0.01, 0.03)
    assert fixed_size_estimate(np.concatenate(lucky)).low > 1
    assert over_launches(lucky).low < 1


def test_what_holds_over_launches_is_an_effect():
    estimate = over_launches(launches(0.05, 0.052, 0.048, 0.051, 0.049, 0.05), error_rate=0.005)
    assert 1.02 < estimate.low < 1.0513 < estimate.high < 1.09
