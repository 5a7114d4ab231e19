import numpy as np
import pytest

from headtohead.report.charts.axis import Axis
from headtohead.report.charts.distribution_plot import GRID, density
from tests.report.samples import latency


@pytest.mark.parametrize("logarithmic", [True, False])
def test_every_distribution_covers_an_area_of_one(logarithmic: bool) -> None:
    axis = Axis(low=1, high=40, logarithmic=logarithmic)
    for median, spread in ((4.0, 0.1), (18.0, 0.1), (12.0, 0.2)):
        heights = density(latency(median=median, spread=spread).quantiles, axis=axis)
        area = float(np.sum(heights) * (GRID[1] - GRID[0]))
        assert area == pytest.approx(1, abs=0.01)


def test_the_peak_lies_near_the_median_of_a_symmetric_distribution() -> None:
    axis = Axis(low=5, high=20, logarithmic=True)
    heights = density(latency(median=10).quantiles, axis=axis)
    assert GRID[heights.argmax()] == pytest.approx(axis.position(10), abs=0.02)


def test_two_peaks_stay_two() -> None:
    axis = Axis(low=0, high=10, logarithmic=False)
    heights = density(tuple([2.0] * 50 + [8.0] * 51), axis=axis)
    middle = heights[np.abs(GRID - axis.position(5)).argmin()]
    assert middle < 0.5 * heights[np.abs(GRID - axis.position(2)).argmin()]
    assert middle < 0.5 * heights[np.abs(GRID - axis.position(8)).argmin()]


def test_the_slowest_percent_is_left_out() -> None:
    axis = Axis(low=0, high=10, logarithmic=False)
    heights = density((*np.linspace(1, 2, 100).tolist(), 9.0), axis=axis)
    assert heights[np.abs(GRID - axis.position(9)).argmin()] == pytest.approx(0, abs=1e-6)


def test_identical_latencies_make_a_narrow_peak() -> None:
    heights = density((5.0,) * 101, axis=Axis(low=0, high=10, logarithmic=False))
    assert np.isfinite(heights).all()
    assert GRID[heights.argmax()] == pytest.approx(0.5, abs=0.01)
