import numpy as np
import pytest

from headtohead.analysis.proportion import difference, share


def test_no_failure_still_leaves_room_for_some():
    found = share(failed=0, requests=100)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(0.037, abs=0.0005)


def test_difference_is_that_of_the_published_example():
    """Newcombe (1998), table II, method 10, example (a): 56/70 less 48/80."""
    found = difference(
        baseline=share(failed=48, requests=80), variant=share(failed=56, requests=70)
    )
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=0.0001)


def test_interval_covers_the_true_difference():
    random = np.random.default_rng(1)
    covered = []
    for _ in range(1000):
        one, other = (
            share(failed=int(random.binomial(2000, each)), requests=2000) for each in (0.01, 0.02)
        )
        found = difference(baseline=one, variant=other)
        covered.append(found.low <= 0.01 <= found.high)
    assert 0.93 <= np.mean(covered) <= 0.97
