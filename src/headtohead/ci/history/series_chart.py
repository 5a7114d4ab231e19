"""A series as a picture: ratios with their intervals, and where their level changes."""

from markupsafe import Markup

from headtohead.ci.history.series import Series, step_sentence, title
from headtohead.records.plausibility import LARGEST_RATIO
from headtohead.report.charts.axis import Axis
from headtohead.report.charts.plane import HEIGHT, Plane
from headtohead.report.charts.svg import frame, marker, percentage, series_class, vertical

_PADDING = 1.02
_COLOUR = 1


def series_plot(series: Series, *, key: str) -> Markup:
    """Points in the order of commits, and a vertical line where the level changes.

    Args:
        series: What to draw.
        key: Unique within the page.
    """
    numbers = range(1, len(series.entries) + 1)
    # One that there is none of, or as good as none, is drawn to the edge.
    bounds = [
        bound
        for entry in series.entries
        for bound in (entry.ratio, *entry.ci95)
        if 1 / LARGEST_RATIO <= bound <= LARGEST_RATIO
    ]
    plane = Plane(
        across=Axis(low=0.5, high=len(series.entries) + 0.5, logarithmic=False),
        # Where nothing changes its noise should not fill the picture.
        up=Axis(
            low=min([*bounds, 1 / _PADDING]) / _PADDING,
            high=max([*bounds, _PADDING]) * _PADDING,
            logarithmic=True,
        ),
        columns=numbers,
    )
    points = [
        _point(plane, number, ratio=entry.ratio, ci95=entry.ci95)
        for number, entry in zip(numbers, series.entries, strict=True)
    ]
    steps = [
        vertical("change", at=plane.x(step.change.index + 0.5), bottom=f"{HEIGHT - 30}")
        for step in series.steps
    ]
    unity = Markup('<line class="unity" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(
        f"{plane.y(1):.1f}"
    )
    body = (
        plane.grid()
        + unity
        + Markup("").join(steps)
        + Markup('<g class="{}">{}</g>').format(series_class(_COLOUR), Markup("").join(points))
        + plane.column_labels(str)
        + plane.row_labels("")
    )
    said = " ".join(step_sentence(series, step) for step in series.steps) or "No change."
    return frame(
        key=key, css_class="history", height=HEIGHT, title=title(series), desc=said, body=body
    )


def _point(plane: Plane, number: int, *, ratio: float, ci95: tuple[float, float]) -> Markup:
    x, (low, high) = plane.x(number), ci95
    whisker = vertical("interval", at=x, top=f"{plane.y(high):.1f}", bottom=f"{plane.y(low):.1f}")
    return whisker + marker(_COLOUR, x=percentage(x), y=f"{plane.y(ratio):.1f}")
