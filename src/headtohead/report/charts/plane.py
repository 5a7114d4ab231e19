"""The plane that lines of a chart lie in, with its grid and labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from headtohead.report.charts.axis import TICK_DISTANCE, Axis
from headtohead.report.charts.svg import percentage, vertical

HEIGHT = 220
# The plot leaves room above for the topmost label and below for those of the columns.
_TOP, _BOTTOM = 16, 190
# Units of the inner picture, which is stretched to the width.
_UNITS = 1000


@dataclass(frozen=True, kw_only=True)
class Plane:
    """Two scales, and the columns at which something was measured.

    Attributes:
        across: The horizontal scale.
        up: The vertical scale.
        columns: Values of `across`, in ascending order.
    """

    across: Axis
    up: Axis
    columns: Sequence[int]

    def x(self, value: float) -> float:
        """The horizontal position of a value, as a share of the width."""
        return self.across.position(value)

    def y(self, value: float) -> float:
        """The vertical position of a value in pixels; SVG counts downwards."""
        return _BOTTOM - (_BOTTOM - _TOP) * self.up.position(value)

    def grid(self) -> Markup:
        """A line at every column and at every tick of the vertical scale."""
        columns = (vertical("grid", at=self.x(each), bottom=str(_BOTTOM)) for each in self.columns)
        rows = (
            Markup('<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(
                f"{self.y(tick):.1f}"
            )
            for tick in self.up.ticks
        )
        return Markup("").join((*columns, *rows))

    def curve(self, points: Sequence[tuple[float, float]]) -> Markup:
        """The line through points, each a value of either scale."""
        path = "L".join(f"{self.x(x) * _UNITS:.1f},{self.y(y):.1f}" for x, y in points)
        return Markup(
            '<svg width="100%" height="{0}" viewBox="0 0 {1} {0}" preserveAspectRatio="none">'
            '<path class="curve" d="M{2}"/></svg>'
        ).format(HEIGHT, _UNITS, path)

    def column_labels(self, text: Callable[[int], str]) -> Markup:
        """The columns' values, as far as they find room."""
        labels, last = Markup(""), -TICK_DISTANCE
        for column in self.columns:
            at = self.x(column)
            if at - last >= TICK_DISTANCE / 2:
                labels += Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    percentage(at), HEIGHT - 12, text(column)
                )
                last = at
        return labels

    def row_labels(self, unit: str) -> Markup:
        """The ticks of the vertical scale, with their unit."""
        return Markup("").join(
            Markup('<text x="0" y="{}">{:,g} {}</text>').format(
                f"{self.y(tick) - 3:.1f}", tick, unit
            )
            for tick in self.up.ticks
        )
