import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.analysis.saturation import Halves, backlog_growth, falls_behind, knee


def stretch(growth: float, *, base: float = 10.0) -> Halves:
    return Halves(first=np.full(9, base), second=np.full(9, base * growth))


def served(*, rate: float, capacity: float, seconds: float = 2.0) -> Halves:
    """Response times of a server that takes 1/capacity seconds for each of its requests."""
    return responses(np.arange(0, seconds, 1 / rate), capacity=capacity, seconds=seconds)


def responses(due: np.ndarray, *, capacity: float, seconds: float) -> Halves:
    ended = 0.0
    times = []
    for moment in due:
        ended = max(ended, moment) + 1 / capacity
        times.append((ended - moment) * 1000)
    late = due >= seconds / 2
    return Halves(first=np.array(times)[~late], second=np.array(times)[late])


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


def test_queue_of_few_long_requests_is_seen_beside_the_time_they_take():
    """Twelve requests a second where eleven can be served."""
    assert falls_behind(backlog_growth([served(rate=12, capacity=11, seconds=1.0)] * 10))


def test_bunches_of_arrivals_at_half_the_capacity_hardly_ever_look_like_a_backlog():
    random = np.random.default_rng(1)
    alarms = 0
    for _ in range(200):
        stretches = [
            responses(np.sort(random.uniform(0, 2, size=60)), capacity=60, seconds=2.0)
            for _ in range(10)
        ]
        alarms += falls_behind(backlog_growth(stretches))
    assert alarms <= 6


@pytest.mark.parametrize(
    ("throughput", "users"),
    [
        ({1: 50, 2: 100, 4: 105, 8: 104}, 2),
        ({1: 50, 2: 51, 4: 52}, 1),
        ({1: 50, 2: 100, 4: 200}, None),
        ({1: 50, 2: 52, 4: 100, 8: 101}, 4),
        ({4: 100, 8: 60}, 4),
        ({8: 100}, None),
        ({}, None),
    ],
)
def test_knee_is_where_growth_ends_for_good(throughput, users):
    assert knee(throughput) == users


def test_growth_is_measured_by_the_doubling():
    """15 % over two doublings is 7 % each, 15 % over half a doubling is 32 %."""
    assert knee({2: 100, 8: 115}) == 2
    assert knee({4: 100, 6: 115}) is None
