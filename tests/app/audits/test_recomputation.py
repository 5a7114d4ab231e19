from hypothesis import given
from hypothesis import strategies as st

from app.audits.recomputation import bursts


def test_events_without_a_pause_between_them_are_one_burst() -> None:
    assert bursts([5.0, 0.0, 0.9, 0.5, 5.1], pause=1.0) == [3, 2]


def test_nothing_happened() -> None:
    assert bursts([], pause=1.0) == []


@given(st.lists(st.floats(min_value=0, max_value=1000)), st.floats(min_value=0.1, max_value=10))
def test_every_event_is_in_one_burst(times: list[float], pause: float) -> None:
    assert sum(bursts(times, pause=pause)) == len(times)


@given(st.lists(st.integers(min_value=1, max_value=9), min_size=1))
def test_bursts_are_told_apart_however_large_they_are(sizes: list[int]) -> None:
    times = [burst + number / 100 for burst, size in enumerate(sizes) for number in range(size)]
    assert bursts(times, pause=0.5) == sizes
