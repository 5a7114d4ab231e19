import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.report.charts.axis import INSET, TICK_DISTANCE, Axis


def test_the_ends_of_an_axis_leave_room_for_labels() -> None:
    axis = Axis(low=0.1, high=10, logarithmic=True)
    assert axis.position(0.1) == pytest.approx(INSET)
    assert axis.position(1) == pytest.approx(0.5)
    assert axis.position(10) == pytest.approx(1 - INSET)


def test_a_value_beyond_the_axis_is_held_to_its_end() -> None:
    axis = Axis(low=0.1, high=10, logarithmic=True)
    assert axis.position(0) == axis.position(0.1)
    assert axis.position(float("inf")) == axis.position(10)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.08, 2.2, (0.1, 0.2, 0.5, 1, 2)),
        (0.97, 1.04, (0.98, 1, 1.02, 1.04)),
        (0.001, 1000, (0.01, 1, 100)),
    ],
)
def test_ticks_of_ratios_are_round(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert Axis(low=low, high=high, logarithmic=True).ticks == ticks


def test_ticks_of_a_linear_axis_are_round() -> None:
    assert Axis(low=3.1, high=6.2, logarithmic=False).ticks == (4, 5, 6)


@given(
    low=st.floats(min_value=1e-3, max_value=1e3),
    factor=st.floats(min_value=1.01, max_value=1e9),
    logarithmic=st.booleans(),
)
def test_every_axis_has_a_few_ticks_that_do_not_crowd(
    low: float, factor: float, logarithmic: bool
) -> None:
    axis = Axis(low=low, high=low * factor, logarithmic=logarithmic)
    positions = axis.positions(np.array(axis.ticks))
    assert len(positions) >= 2
    assert np.all(np.diff(positions) >= TICK_DISTANCE)
    assert positions[0] >= INSET - 1e-9
    assert positions[-1] <= 1 - INSET + 1e-9
