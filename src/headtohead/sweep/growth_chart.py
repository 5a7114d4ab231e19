"""Latency against rows, one line for each variant."""

import math

from markupsafe import Markup

from headtohead.report.charts.axis import Axis
from headtohead.report.charts.plane import HEIGHT, Plane
from headtohead.report.charts.svg import frame, marker, percentage, series_class
from headtohead.sweep.record import Sweep
from headtohead.sweep.sentences import in_words

_PADDING = 1.1
# The height stands for at least this share of the decades that the width does: where latency
# hardly changes, its noise would fill the picture otherwise and look like growth.
_LEAST_SHARE = 1 / 3


def growth_plot(sweep: Sweep, *, key: str) -> Markup:
    """Lines of median latency over rows, on logarithmic scales.

    Args:
        sweep: What to draw.
        key: Unique within the page.
    """
    rows = [size.rows for size in sweep.sizes]
    plane = Plane(
        across=Axis(low=rows[0], high=rows[-1], logarithmic=True),
        up=_latency_axis(sweep),
        columns=rows,
    )
    body = (
        plane.grid()
        + Markup("").join(_line(sweep, series, plane=plane) for series in range(len(sweep.growth)))
        + plane.column_labels(short)
        + plane.row_labels("ms")
    )
    return frame(
        key=key,
        css_class="growth",
        height=HEIGHT,
        title="Latency by number of rows",
        desc="; ".join(in_words(sweep, growth) for growth in sweep.growth) + ".",
        body=body,
    )


def short(rows: int) -> str:
    """A number of rows that stays narrow: 500, 10k, 2.5M."""
    for suffix, factor in (("M", 1_000_000), ("k", 1_000)):
        if rows >= factor:
            return f"{rows / factor:g}{suffix}"
    return str(rows)


def _latency_axis(sweep: Sweep) -> Axis:
    medians = [variant.latency_ms.p50 for size in sweep.sizes for variant in size.result.variants]
    low, high = min(medians) / _PADDING, max(medians) * _PADDING
    least = (sweep.sizes[-1].rows / sweep.sizes[0].rows) ** _LEAST_SHARE
    widen = max(1.0, math.sqrt(least * low / high))
    return Axis(low=low / widen, high=high * widen, logarithmic=True)


def _line(sweep: Sweep, series: int, *, plane: Plane) -> Markup:
    points = [
        (size.rows, result.latency_ms.p50)
        for size, result in zip(
            sweep.sizes, sweep.of_variant(sweep.growth[series].variant), strict=True
        )
    ]
    marks = Markup("").join(
        marker(series, x=percentage(plane.x(rows)), y=f"{plane.y(milliseconds):.1f}")
        for rows, milliseconds in points
    )
    return Markup('<g class="{}">{}</g>').format(series_class(series), plane.curve(points) + marks)
