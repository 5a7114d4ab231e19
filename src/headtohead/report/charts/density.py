"""The shape of a distribution, estimated from its percentiles."""

import math

import numpy as np
from numpy.typing import NDArray

from headtohead.report.charts.axis import INSET, Axis

# Percentiles beyond this are left out of the picture; the tables hold p99.
CLIPPED_AT = 99
# Where densities are evaluated, as shares of the chart's width.
GRID = np.linspace(INSET / 2, 1 - INSET / 2, 241)
_SAMPLES = 400
# Narrower than a line is wide, a kernel would draw a needle.
_LEAST_BANDWIDTH = 0.003


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
