"""Throughput against the number of users, one line for each variant."""

import math

from markupsafe import Markup

from headtohead.records.results import ExperimentResult, StepVariant
from headtohead.report.charts.axis import Axis
from headtohead.report.charts.plane import HEIGHT, Plane
from headtohead.report.charts.svg import frame, marker, percentage, series_class, vertical
from headtohead.report.numbers import users
from headtohead.report.under_load import knees

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
    plane = Plane(
        across=Axis(low=counts[0], high=counts[-1], logarithmic=True),
        up=_throughput_axis(experiment),
        columns=counts,
    )
    body = (
        plane.grid()
        + Markup("").join(
            _line(experiment, series, plane=plane) for series in range(len(experiment.variants))
        )
        + plane.column_labels(str)
        + plane.row_labels("/s")
    )
    return frame(
        key=key,
        css_class="steps",
        height=HEIGHT,
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


def _line(experiment: ExperimentResult, series: int, *, plane: Plane) -> Markup:
    points = [(step.users, step.variants[series]) for step in experiment.steps]
    knee = experiment.variants[series].knee_users
    curve = plane.curve([(count, variant.throughput_rps) for count, variant in points])
    marks = Markup("").join(
        _point(series, count=count, variant=variant, plane=plane, at_knee=count == knee)
        for count, variant in points
    )
    return Markup('<g class="{}">{}</g>').format(series_class(series), curve + marks)


def _point(series: int, *, count: int, variant: StepVariant, plane: Plane, at_knee: bool) -> Markup:
    x, y = plane.x(count), plane.y(variant.throughput_rps)
    low, high = variant.throughput_ci95
    whisker = (
        vertical("interval", at=x, top=f"{plane.y(high):.1f}", bottom=f"{plane.y(low):.1f}")
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
