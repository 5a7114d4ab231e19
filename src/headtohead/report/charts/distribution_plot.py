"""The latency distributions of an experiment's variants, overlaid."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from headtohead.records.results import VariantResult
from headtohead.report.charts.axis import INSET, Axis
from headtohead.report.charts.svg import (
    frame,
    marker,
    percentage,
    series_class,
    tick_labels,
    vertical,
)
from headtohead.report.numbers import milliseconds

# Percentiles beyond this are left out of the picture; the tables hold p99.
CLIPPED_AT = 99
# Where densities are evaluated, as shares of the chart's width.
GRID = np.linspace(INSET / 2, 1 - INSET / 2, 241)
_SAMPLES = 400
# Narrower than a line is wide, a kernel would draw a needle.
_LEAST_BANDWIDTH = 0.003
_HEIGHT = 190
_PLOT_HEIGHT = 164
# Medians further apart than this factor are compared on a logarithmic axis.
_MUCH = 3
_PADDING = 0.03
# Units of the inner picture, which is stretched to the width.
_UNITS = 1000
# Share of the plot's height that the greatest density takes, which leaves room for its marker.
_HEADROOM = 0.92
# Below this share of the greatest density a curve would only blur the axis.
_LEAST_HEIGHT = 0.003


def density(quantiles: tuple[float, ...], *, axis: Axis) -> NDArray[np.float64]:
    """A Gaussian kernel estimate along an axis.

    Args:
        quantiles: The 0th, 1st .. 100th percentile.
        axis: Where the values lie.

    Returns:
        The density at each position of `GRID`; the area below it is 1.
    """
    levels = np.linspace(0, CLIPPED_AT, _SAMPLES)
    samples = axis.positions(np.interp(levels, np.arange(101), quantiles))
    low, high = np.quantile(samples, (0.25, 0.75))
    spread = min(float(samples.std()), float(high - low) / 1.34)
    # Silverman's rule for about a hundred observations, which is what percentiles amount to.
    bandwidth = max(0.9 * spread * 100**-0.2, _LEAST_BANDWIDTH)
    distances = (GRID[:, np.newaxis] - samples[np.newaxis, :]) / bandwidth
    kernels = np.exp(-0.5 * distances**2) / (bandwidth * math.sqrt(2 * math.pi))
    heights: NDArray[np.float64] = kernels.mean(axis=1)
    return heights


@dataclass(frozen=True, kw_only=True)
class _Curve:
    """A distribution in shares of the plot: `heights` of the greatest density, on `GRID`."""

    series: int
    heights: NDArray[np.float64]
    median: float

    def height_at_median(self) -> float:
        return float(np.interp(self.median, GRID, self.heights))


def latency_axis(variants: Sequence[VariantResult]) -> Axis:
    """The axis that shows every distribution up to about its 99th percentile."""
    low = min(variant.latency_ms.quantiles[0] for variant in variants)
    high = max(variant.latency_ms.quantiles[CLIPPED_AT] for variant in variants)
    medians = [variant.latency_ms.p50 for variant in variants]
    if max(medians) > _MUCH * min(medians):
        padding = (high / low) ** _PADDING
        return Axis(low=low / padding, high=high * padding, logarithmic=True)
    padding = _PADDING * (high - low)
    return Axis(low=low - padding, high=high + padding, logarithmic=False)


def distribution_plot(variants: Sequence[VariantResult], *, axis: Axis, key: str) -> Markup:
    """Density curves over one axis of milliseconds, with a marker at each median.

    Args:
        variants: All variants of an experiment, the baseline first.
        axis: From `latency_axis`.
        key: Unique within the page.
    """
    curves = _curves(variants, axis)
    medians = (f"{variant.name} {milliseconds(variant.latency_ms.p50)}" for variant in variants)
    stretched = Markup(
        '<svg width="100%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>'
    )
    shapes = Markup("").join(_shape(curve) for curve in curves)
    body = (
        _grid(axis)
        + stretched.format(_PLOT_HEIGHT, _UNITS, _UNITS, shapes)
        + Markup("").join(_median(curve) for curve in curves)
        + tick_labels(axis, template="{:g} ms", y=_HEIGHT - 8)
    )
    return frame(
        key=key,
        css_class="distribution",
        height=_HEIGHT,
        title="Latency distributions",
        desc=f"Medians: {', '.join(medians)}.",
        body=body,
    )


def _curves(variants: Sequence[VariantResult], axis: Axis) -> list[_Curve]:
    densities = [density(variant.latency_ms.quantiles, axis=axis) for variant in variants]
    peak = max(float(heights.max()) for heights in densities)
    return [
        _Curve(
            series=series,
            heights=heights / peak,
            median=axis.position(variant.latency_ms.p50),
        )
        for series, (variant, heights) in enumerate(zip(variants, densities, strict=True))
    ]


def _grid(axis: Axis) -> Markup:
    lines = (
        vertical("grid", at=axis.position(tick), bottom=str(_PLOT_HEIGHT)) for tick in axis.ticks
    )
    floor = Markup('<line class="floor" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(_PLOT_HEIGHT)
    return Markup("").join(lines) + floor


def _shape(curve: _Curve) -> Markup:
    # Beside a variant whose times hardly differ another may be flat all over.
    drawn = np.flatnonzero(curve.heights >= min(_LEAST_HEIGHT, curve.heights.max()))
    shown = slice(drawn[0], drawn[-1] + 1)
    xs, ys = GRID[shown] * _UNITS, (1 - _HEADROOM * curve.heights[shown]) * _UNITS
    line = "L".join(f"{x:.0f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    area = f"M{xs[0]:.0f},{_UNITS}L{line}L{xs[-1]:.0f},{_UNITS}z"
    return Markup(
        '<g class="{}"><path class="area" d="{}"/><path class="curve" d="M{}"/></g>'
    ).format(series_class(curve.series), area, line)


def _median(curve: _Curve) -> Markup:
    top = (1 - _HEADROOM * curve.height_at_median()) * _PLOT_HEIGHT
    return (
        Markup('<g class="{}">').format(series_class(curve.series))
        + vertical("median", at=curve.median, top=f"{top:.1f}", bottom=str(_PLOT_HEIGHT))
        + marker(curve.series, x=percentage(curve.median), y=f"{top:.1f}")
        + Markup("</g>")
    )
