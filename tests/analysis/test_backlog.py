import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.analysis.backlog import Halves, backlog_growth, falls_behind


def stretch(growth: float, *, base: float = 10.0) -> Halves:
    return Halves(first=np.full(9, base), second=np.full(9, base * growth))


def served(*, rate: float, capacity: float, seconds: float = 2.0) -> Halves:
    """Response times of a server that takes 1/capacity seconds for each of its requests."""
    due = np.arange(0, seconds, 1 / rate)
    ended = 0.0
    times = []
    for moment in due:
        ended = max(ended, moment) + 1 / capacity
        times.append((ended - moment) * 1000)
    half = len(times) // 2
    return Halves(first=np.array(times[:half]), second=np.array(times[half:]))


@given(rate=st.floats(20, 200), load=st.floats(0.1, 2.0))
def test_a_server_falls_behind_where_more_arrives_than_it_can_serve(rate, load):
    growth = backlog_growth([served(rate=rate, capacity=rate / load)] * 10)
    if load <= 0.99:
        assert not falls_behind(growth)
    if load >= 1.2 and rate >= 50:
        assert falls_behind(growth)


def test_growth_is_the_median_over_stretches():
    growth = backlog_growth([stretch(2.0), stretch(3.0), stretch(4.0)])
    assert growth.ratio == pytest.approx(3.0)


def test_a_single_stall_is_no_growth():
    assert not falls_behind(backlog_growth([stretch(1.0)] * 11 + [stretch(500.0)]))


def test_growth_that_too_few_stretches_show_is_not_claimed():
    assert not falls_behind(backlog_growth([stretch(3.0)] * 2))
    assert falls_behind(backlog_growth([stretch(3.0)] * 8))
