"""Effects with their intervals, one row each, on one logarithmic axis of ratios."""

from collections.abc import Iterable

from markupsafe import Markup

from headtohead.records.comparison import Comparison
from headtohead.report.charts.axis import Axis
from headtohead.report.charts.svg import (
    frame,
    marker,
    percentage,
    series_class,
    tick_labels,
    vertical,
)
from headtohead.report.numbers import TIMES, ratio

ROW_HEIGHT = 34
# An interval that reaches further than this factor from its ratio would squeeze all the others.
_FURTHEST = 3
_PADDING = 1.05


def effect_axis(comparisons: Iterable[Comparison]) -> Axis:
    """The axis that shows every interval, the margins and the line at 1."""
    ends = [1.0]
    for comparison in comparisons:
        low, high = comparison.ci95
        ends += [1 / (1 + comparison.margin), 1 + comparison.margin]
        ends += [max(low, comparison.ratio / _FURTHEST), min(high, comparison.ratio * _FURTHEST)]
    return Axis(low=min(ends) / _PADDING, high=max(ends) * _PADDING, logarithmic=True)


def effect_row(comparison: Comparison, *, axis: Axis, series: int, key: str) -> Markup:
    """One effect: its point and interval, over the line at 1 and the band of the margin."""
    low, high = comparison.ci95
    body = Markup("").join(
        (
            _background(axis, margin=comparison.margin),
            Markup('<g class="{}">').format(series_class(series)),
            _whisker(axis, low=low, high=high),
            marker(series, x=percentage(axis.position(comparison.ratio)), y="50%"),
            Markup("</g>"),
        )
    )
    return frame(
        key=key,
        css_class="effect",
        height=ROW_HEIGHT,
        title=f"{comparison.variant} against {comparison.baseline}",
        desc=(
            f"Ratio {ratio(comparison.ratio)}, 95 % interval {ratio(low)} to {ratio(high)},"
            f" {comparison.verdict}."
        ),
        body=body,
    )


def effect_scale(axis: Axis, *, key: str, faster: str = "left") -> Markup:
    """The labelled axis that stands below the rows; variants are faster on the `faster` side."""
    return frame(
        key=key,
        css_class="scale",
        height=24,
        title="Axis of ratios",
        desc=f"Variant over baseline on a logarithmic scale; {faster} of 1 the variant is faster.",
        body=tick_labels(axis, template=TIMES + "{:g}", y=16),
    )


def _background(axis: Axis, *, margin: float) -> Markup:
    left, right = axis.position(1 / (1 + margin)), axis.position(1 + margin)
    band = Markup('<rect class="margin" x="{}" y="0" width="{}" height="100%"/>').format(
        percentage(left), percentage(right - left)
    )
    grid = Markup("").join(vertical("grid", at=axis.position(tick)) for tick in axis.ticks)
    return band + grid + vertical("unity", at=axis.position(1))


def _whisker(axis: Axis, *, low: float, high: float) -> Markup:
    left, right = axis.position(low), axis.position(high)
    line = Markup('<line class="interval" x1="{}" x2="{}" y1="50%" y2="50%"/>').format(
        percentage(left), percentage(right)
    )
    return (
        line
        + _end(at=left, cut="M4,-6L-4,0L4,6" if low < axis.low else None)
        + _end(at=right, cut="M-4,-6L4,0L-4,6" if high > axis.high else None)
    )


def _end(*, at: float, cut: str | None) -> Markup:
    """A cap where the interval ends, an arrow head where it runs on beyond the axis."""
    return Markup('<svg x="{}" y="50%" overflow="visible"><path class="cap" d="{}"/></svg>').format(
        percentage(at), cut or "M0,-7V7"
    )
