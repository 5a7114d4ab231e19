"""The two pictures of a validation, as SVG files that need nothing beside them."""

from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise

from markupsafe import Markup

from benchmarks.validation.goals import last_cell
from benchmarks.validation.record import Cell, Validation
from benchmarks.validation.summary import proportion_interval
from headtohead.report.charts.axis import Axis
from headtohead.report.charts.svg import (
    marker,
    percentage,
    series_class,
    swatch,
    tick_labels,
    vertical,
)

POWER_RULES = (
    "h2h run",
    "h2h run --margin 0.005",
    "first difference",
    "pytest-benchmark mean:5%, in sequence",
    "Bencher t-test 0.99",
    "benchstat, in sequence",
    "asv continuous, in sequence",
)
_EQUALS = (
    ("aa-quiet", "nothing beside"),
    ("aa-busy-core", "one core busy"),
    ("aa-bursty", "bursty"),
)
_PERCENTS = (1, 2, 3, 5, 10)

_WIDTH = 760
_LABELS = 240
_HEADER = 34
_ROW = 34
_LINE = 20
_POWER_HEIGHT = 260
_SHARES = Axis(low=0, high=100, logarithmic=False)
# The goal, in per cent of the trials of equals.
_TOLERATED = 1


def false_alarm_plot(validation: Validation) -> str:
    """How often each rule claimed a difference between equals, with its interval."""
    height = _HEADER + _ROW * len(validation.rules)
    grid = Markup("").join(vertical("grid", at=_SHARES.position(tick)) for tick in _SHARES.ticks)
    goal = vertical("unity", at=_SHARES.position(_TOLERATED))
    rows = Markup("").join(
        _alarm_row(validation, rule.name, top=_HEADER + _ROW * number)
        for number, rule in enumerate(validation.rules)
    )
    body = (
        _legend([meaning for _, meaning in _EQUALS])
        + _plot_area(grid + goal, top=_HEADER, height=height - _HEADER)
        + rows
        + _plot_area(tick_labels(_SHARES, template="{:g} %", y=16), top=height, height=_LINE + 4)
    )
    return _document(
        body,
        height=height + _LINE + 4,
        title="False alarms",
        desc="Share of trials of equals in which a rule claimed a difference, with its 95 %"
        " interval, beside each neighbour. The vertical line is the goal of 1 %.",
    )


def power_plot(validation: Validation) -> str:
    """How often an effect of each size was found, for the best known rules."""
    axis = _effect_axis(validation)
    legend_height = _LINE * len(POWER_RULES) + 8
    curves = Markup("").join(
        _curve(validation, rule, axis=axis, series=number)
        for number, rule in enumerate(POWER_RULES)
    )
    grid = Markup("").join(vertical("grid", at=axis.position(tick)) for tick in axis.ticks)
    levels = Markup("").join(
        Markup(
            '<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>'
            '<text x="0" y="{1}">{2} %</text>'
        ).format(_height_of(share), _height_of(share) - 4, share)
        for share in (0, 50, 80, 99)
    )
    body = (
        _rule_legend()
        + _plot_area(grid + levels + curves, top=legend_height, height=_POWER_HEIGHT, left=0)
        + _plot_area(
            tick_labels(axis, template="{:g} %", y=16),
            top=legend_height + _POWER_HEIGHT,
            height=_LINE + 4,
            left=0,
        )
    )
    return _document(
        body,
        height=legend_height + _POWER_HEIGHT + _LINE + 4,
        title="Power",
        desc="Share of trials in which a rule called the variant slower, against the effect that"
        " really was injected, by the server's clock. At 0 every claim is a false alarm.",
    )


def _alarm_row(validation: Validation, rule: str, *, top: int) -> Markup:
    label = Markup('<text x="0" y="{}">{}</text>').format(top + _ROW / 2 + 4, rule)
    bars = Markup("").join(
        _alarm_bar(cell, series=series)
        for series, (scenario, _) in enumerate(_EQUALS)
        if (cell := last_cell(validation, rule, scenario))
    )
    return label + _plot_area(bars, top=top, height=_ROW)


def _alarm_bar(cell: Cell, *, series: int) -> Markup:
    alarms = cell.slower + cell.faster
    low, high = proportion_interval(alarms, cell.trials)
    middle = _ROW * (series + 1) / (len(_EQUALS) + 1)
    start, end = _SHARES.position(0), _SHARES.position(alarms / cell.trials * 100)
    return Markup(
        '<g class="{}"><rect class="bar" x="{}" y="{:.1f}" width="{}" height="6"/>'
        '<line class="interval" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/></g>'
    ).format(
        series_class(series),
        percentage(start),
        middle - 3,
        percentage(end - start),
        percentage(_SHARES.position(low * 100)),
        percentage(_SHARES.position(high * 100)),
        y=middle,
    )


def _effect_axis(validation: Validation) -> Axis:
    largest = max((_effect(validation, f"busy-{each}") or 0.0) for each in _PERCENTS)
    return Axis(low=0, high=max(10.0, largest), logarithmic=False)


def _effect(validation: Validation, scenario: str) -> float | None:
    """What was really injected, in per cent; None where the scenario was not tried."""
    record = validation.scenario(scenario)
    return None if record is None else (record.true_ratio - 1) * 100


def _curve(validation: Validation, rule: str, *, axis: Axis, series: int) -> Markup:
    scenarios = ["aa-quiet", *(f"busy-{each}" for each in _PERCENTS)]
    points = [
        (axis.position(effect), _height_of(cell.slower / cell.trials * 100))
        for scenario in scenarios
        if (effect := _effect(validation, scenario)) is not None
        and (cell := last_cell(validation, rule, scenario))
    ]
    lines = Markup("").join(
        Markup('<line class="curve" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>').format(
            percentage(x), y, percentage(next_x), next_y
        )
        for (x, y), (next_x, next_y) in pairwise(points)
    )
    markers = Markup("").join(marker(series, x=percentage(x), y=f"{y:.1f}") for x, y in points)
    return Markup('<g class="{}">{}{}</g>').format(series_class(series), lines, markers)


def _height_of(share: float) -> float:
    """Where a share in per cent lies between the top and the bottom of the power plot."""
    return 20 + (_POWER_HEIGHT - 30) * (1 - share / 100)


def _legend(names: Sequence[str]) -> Markup:
    return Markup("").join(
        Markup('<g class="{}"><rect class="bar" x="{}" y="8" width="18" height="6"/></g>').format(
            series_class(number), _LABELS + 160 * number
        )
        + Markup('<text x="{}" y="16">{}</text>').format(_LABELS + 160 * number + 26, name)
        for number, name in enumerate(names)
    )


def _rule_legend() -> Markup:
    return Markup("").join(
        Markup('<svg x="0" y="{}" width="30" height="14" overflow="visible">{}</svg>').format(
            _LINE * number + 2, swatch(number)
        )
        + Markup('<text x="40" y="{}">{}</text>').format(_LINE * number + 14, rule)
        for number, rule in enumerate(POWER_RULES)
    )


def _plot_area(body: Markup, *, top: float, height: float, left: int = _LABELS) -> Markup:
    return Markup('<svg x="{}" y="{}" width="{}" height="{}">{}</svg>').format(
        left, top, _WIDTH - left, height, body
    )


def _document(body: Markup, *, height: int, title: str, desc: str) -> str:
    # The reports' stylesheet gives every series its colour, in the light and in the dark.
    css = files("headtohead.report").joinpath("templates", "report.css").read_text("utf-8")
    style = Markup(f"<style>{css}.bar {{ fill: currentColor; }}</style>")  # noqa: S704 (our own)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" width="{width}"'
        ' height="{height}" viewBox="-8 0 {width} {height}" font-family="sans-serif">'
        "<title>{title}</title><desc>{desc}</desc>{style}"
        '<rect x="-8" width="100%" height="100%" fill="var(--page)"/>{body}</svg>\n'
    ).format(width=_WIDTH, height=height, title=title, desc=desc, style=style, body=body)
