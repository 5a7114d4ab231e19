"""Latencies of one variant in a few numbers."""

import numpy as np

from headtohead.analysis.interval import FloatArray
from headtohead.measurement import LatencySummary


def summarise(milliseconds: FloatArray) -> LatencySummary:
    """Mean and percentiles of at least one latency."""
    quantiles = np.percentile(milliseconds, np.arange(101))
    return LatencySummary(
        mean=float(np.mean(milliseconds)),
        p50=float(quantiles[50]),
        p95=float(quantiles[95]),
        p99=float(quantiles[99]),
        quantiles=tuple(float(value) for value in quantiles),
    )
