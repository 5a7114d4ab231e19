"""Throughput against the number of users, one line for each variant."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from headtohead.measurement import ExperimentResult, StepVariant
from headtohead.report.charts.axis import TICK_DISTANCE, Axis
from headtohead.report.charts.svg import (
    frame,
    marker,
    percentage,
    series_class,
    vertical,
)
from headtohead.report.format import users
from headtohead.report.steps import knees

_HEIGHT = 220
# The plot leaves room above for the topmost label and below for the users' labels.
_TOP, _BOTTOM = 16, 190
# Units of the inner picture, which is stretched to the width.
_UNITS = 1000
# Radius of the ring at a knee, in pixels.
_KNEE = 11
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
        _grid(counts, across, up)
        + Markup("").join(
            _line(experiment, series, across=across, up=up)
            for series in range(len(experiment.variants))
        )
        + _user_labels(counts, across)
        + _rate_labels(up)
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
    variants = [variant for step in experiment.steps for variant in step.variants]
    rates = [variant.throughput_rps for variant in variants]
    for variant in variants:
        if math.isfinite(variant.throughput_ci95[1]):
            rates += variant.throughput_ci95
    return Axis(low=min(rates) / _PADDING, high=max(rates) * _PADDING, logarithmic=True)


def _height(up: Axis, rate: float) -> float:
    """The vertical position of a rate in pixels; SVG counts downwards."""
    return _BOTTOM - (_BOTTOM - _TOP) * up.position(rate)


def _grid(counts: Sequence[int], across: Axis, up: Axis) -> Markup:
    columns = (
        vertical("grid", at=across.position(number), bottom=str(_BOTTOM)) for number in counts
    )
    rows = (
        Markup('<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(
            f"{_height(up, tick):.1f}"
        )
        for tick in up.ticks
    )
    return Markup("").join((*columns, *rows))


def _user_labels(counts: Sequence[int], across: Axis) -> Markup:
    """The steps' numbers of users, as far as they find room."""
    labels, last = Markup(""), -TICK_DISTANCE
    for number in counts:
        at = across.position(number)
        if at - last >= TICK_DISTANCE / 2:
            labels += Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                percentage(at), _HEIGHT - 12, number
            )
            last = at
    return labels


def _rate_labels(up: Axis) -> Markup:
    return Markup("").join(
        Markup('<text x="0" y="{}">{:,g} /s</text>').format(f"{_height(up, tick) - 3:.1f}", tick)
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
        Markup('<circle class="knee" cx="{}" cy="{}" r="{}"/>').format(
            percentage(x), f"{y:.1f}", _KNEE
        )
        if at_knee
        else Markup("")
    )
    return whisker + knee + marker(series, x=percentage(x), y=f"{y:.1f}")
