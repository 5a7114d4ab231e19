"""Throughput against the number of users, one line for each variant."""

import math

from markupsafe import Markup

from headtohead.measurement import ExperimentResult, StepVariant
from headtohead.report.charts.axis import Axis
from headtohead.report.charts.svg import (
    frame,
    marker,
    percentage,
    series_class,
    tick_labels,
    vertical,
)
from headtohead.report.format import quantity, users
from headtohead.report.steps import knees

_HEIGHT = 220
# The plot leaves room above for the topmost label and below for the users' labels.
_TOP, _BOTTOM = 16, 190
# Units of the inner picture, which is stretched to the width.
_UNITS = 1000
# Height of the mark at a knee, in pixels.
_KNEE = 26
_PADDING = 1.1


def step_plot(experiment: ExperimentResult, *, key: str) -> Markup:
    """Lines of requests a second over users, on logarithmic scales.

    Args:
        experiment: One with at least two steps.
        key: Unique within the page.
    """
    counts = [step.users for step in experiment.steps]
    across = Axis(low=counts[0], high=counts[-1], logarithmic=True)
    up = _throughput_axis(experiment)
    body = (
        _grid(across, up)
        + Markup("").join(
            _line(experiment, series, across=across, up=up)
            for series in range(len(experiment.variants))
        )
        + tick_labels(across, template="{:g}", y=_HEIGHT - 12)
        + _labels(up)
    )
    return frame(
        key=key,
        css_class="steps",
        height=_HEIGHT,
        title="Throughput by number of users",
        desc=f"With {counts[0]} to {users(counts[-1])} {knees(experiment)}.",
        body=body,
    )


def _throughput_axis(experiment: ExperimentResult) -> Axis:
    rates = [variant.throughput_rps for step in experiment.steps for variant in step.variants]
    return Axis(low=min(rates) / _PADDING, high=max(rates) * _PADDING, logarithmic=True)


def _height(up: Axis, rate: float) -> float:
    """The vertical position of a rate in pixels; SVG counts downwards."""
    return _BOTTOM - (_BOTTOM - _TOP) * up.position(rate)


def _grid(across: Axis, up: Axis) -> Markup:
    columns = (
        vertical("grid", at=across.position(tick), bottom=str(_BOTTOM)) for tick in across.ticks
    )
    rows = (
        Markup('<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(
            f"{_height(up, tick):.1f}"
        )
        for tick in up.ticks
    )
    return Markup("").join((*columns, *rows))


def _labels(up: Axis) -> Markup:
    return Markup("").join(
        Markup('<text x="0" y="{}">{} /s</text>').format(
            f"{_height(up, tick) - 3:.1f}", quantity(tick)
        )
        for tick in up.ticks
    )


def _line(experiment: ExperimentResult, series: int, *, across: Axis, up: Axis) -> Markup:
    points = [
        (across.position(step.users), step.variants[series], step.users)
        for step in experiment.steps
    ]
    knee = experiment.variants[series].knee_users
    path = "L".join(
        f"{x * _UNITS:.1f},{_height(up, variant.throughput_rps):.1f}" for x, variant, _ in points
    )
    curve = Markup(
        '<svg width="100%" height="{0}" viewBox="0 0 {1} {0}" preserveAspectRatio="none">'
        '<path class="curve" d="M{2}"/></svg>'
    ).format(_HEIGHT, _UNITS, path)
    marks = Markup("").join(
        _point(series, x=x, variant=variant, up=up, at_knee=count == knee)
        for x, variant, count in points
    )
    return Markup('<g class="{}">{}</g>').format(series_class(series), curve + marks)


def _point(series: int, *, x: float, variant: StepVariant, up: Axis, at_knee: bool) -> Markup:
    y = _height(up, variant.throughput_rps)
    low, high = variant.throughput_ci95
    whisker = (
        vertical("interval", at=x, top=f"{_height(up, high):.1f}", bottom=f"{_height(up, low):.1f}")
        if math.isfinite(high)
        else Markup("")
    )
    knee = (
        vertical("knee", at=x, top=f"{y - _KNEE:.1f}", bottom=f"{y + _KNEE:.1f}")
        if at_knee
        else Markup("")
    )
    return whisker + knee + marker(series, x=percentage(x), y=f"{y:.1f}")
