import math
import re

import pytest

from headtohead.analysis.results import Verdict
from headtohead.records.comparison import Comparison
from headtohead.report.charts.axis import Axis
from headtohead.report.charts.interval_plot import effect_axis, effect_row, effect_scale
from tests.report.samples import comparison

AXIS = Axis(low=0.1, high=10, logarithmic=True)
ARROW_HEAD = "L-4,0L"


def effect(*, ratio: float = 0.5, low: float = 0.4, high: float = 0.6) -> Comparison:
    return comparison(
        "cached", ratio=ratio, half_width=0.0, verdict=Verdict.FASTER, ci95=(low, high)
    )


def percentages(markup: str, pattern: str) -> list[float]:
    (found,) = re.findall(pattern, markup)
    return [float(value) / 100 for value in found]


def test_the_axis_shows_every_interval_margin_and_the_line_at_1() -> None:
    axis = effect_axis([effect(), effect(ratio=1.5, low=1.4, high=1.7)])
    assert axis.low < 0.4
    assert axis.high > 1.7
    assert 1 in axis.ticks
    alone = effect_axis([effect(ratio=1, low=1, high=1)])
    assert alone.low < 1 / 1.02
    assert alone.high > 1.02


def test_an_unbounded_interval_does_not_stretch_the_axis_without_end() -> None:
    axis = effect_axis([effect(ratio=0.95, low=0, high=math.inf)])
    assert 0.2 < axis.low < axis.high < 5


def test_the_interval_and_the_margin_lie_where_their_numbers_say() -> None:
    row = effect_row(effect(), axis=AXIS, series=1, key="k")
    left, right = percentages(row, r'class="interval" x1="([\d.]+)%" x2="([\d.]+)%"')
    assert left == pytest.approx(AXIS.position(0.4), abs=1e-4)
    assert right == pytest.approx(AXIS.position(0.6), abs=1e-4)
    start, width = percentages(row, r'class="margin" x="([\d.]+)%" y="0" width="([\d.]+)%"')
    assert start == pytest.approx(AXIS.position(1 / 1.02), abs=1e-4)
    assert start + width == pytest.approx(AXIS.position(1.02), abs=2e-4)
    (unity, _) = percentages(row, r'class="unity" x1="([\d.]+)%" x2="([\d.]+)%"')
    assert unity == pytest.approx(AXIS.position(1), abs=1e-4)


def test_an_interval_that_runs_on_beyond_the_axis_ends_in_an_arrow() -> None:
    assert ARROW_HEAD not in effect_row(effect(), axis=AXIS, series=1, key="k")
    assert ARROW_HEAD in effect_row(effect(low=0), axis=AXIS, series=1, key="k")


def test_variants_differ_in_colour_and_shape() -> None:
    rows = [effect_row(effect(), axis=AXIS, series=series, key="k") for series in range(7)]
    shapes = {re.search(r'class="(marker[ \w]*)" d="([^"]+)"', row).groups() for row in rows}  # type: ignore[union-attr]
    assert len(shapes) == 7
    assert len({re.search(r"series-\d", row)[0] for row in rows}) == 7  # type: ignore[index]


def test_the_scale_labels_every_tick() -> None:
    labels = re.findall(r"<text[^>]*>([^<]+)</text>", effect_scale(AXIS, key="k"))
    assert labels == [f"\N{MULTIPLICATION SIGN}{tick:g}" for tick in AXIS.ticks]
