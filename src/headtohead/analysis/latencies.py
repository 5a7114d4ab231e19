"""Percentiles of latencies, some of which are only known to exceed a time.

A request that is in flight when users are switched to the next arm is dropped: how long it would
have taken under this arm's load nobody knows. Leaving it out altogether would make latencies look
better than they are, because the longer a request takes, the likelier it meets a switch. What is
known is that it took longer than it had when the switch came, which is what survival analysis
calls a censored observation. The estimator of Kaplan and Meier (1958) hands its weight to the
requests that lasted at least as long; what no observed request can take over goes to the longest
of them (Efron, 1967).
"""

from dataclasses import dataclass

import numpy as np

from headtohead.analysis.interval import FloatArray
from headtohead.analysis.results import LatencySummary


@dataclass(frozen=True, kw_only=True)
class Latencies:
    """A distribution of latencies.

    Attributes:
        milliseconds: Observed latencies in ascending order.
        weights: Their weights, which sum to 1.
        unresolved: The share of requests that lasted longer than could be observed; percentiles
            beyond it are only known to be at least the longest observed latency.
    """

    milliseconds: FloatArray
    weights: FloatArray
    unresolved: float

    def percentile(self, level: float) -> float:
        """The latency that `level` percent of the requests do not exceed."""
        middles = np.cumsum(self.weights) - self.weights / 2
        return float(np.interp(level / 100, middles, self.milliseconds))

    def summary(self) -> LatencySummary:
        """Mean and percentiles."""
        quantiles = tuple(self.percentile(level) for level in range(101))
        return LatencySummary(
            mean=float(self.milliseconds @ self.weights),
            p50=quantiles[50],
            p95=quantiles[95],
            p99=quantiles[99],
            quantiles=quantiles,
        )


def latencies(*, ended_ms: FloatArray, cut_ms: FloatArray) -> Latencies:
    """The distribution behind whole and cut observations, at least one of them whole.

    Args:
        ended_ms: Latencies of requests that ended.
        cut_ms: How long the others had lasted when they were cut.
    """
    ended = np.sort(ended_ms)
    # The number of requests known to have lasted at least as long as each that ended.
    at_risk = np.arange(len(ended), 0, -1) + _at_least(np.sort(cut_ms), ended)
    survival = np.cumprod(1 - 1 / at_risk)
    weights = -np.diff(survival, prepend=1.0)
    unresolved = float(survival[-1])
    weights[-1] += unresolved
    return Latencies(milliseconds=ended, weights=weights, unresolved=unresolved)


def _at_least(ascending: FloatArray, thresholds: FloatArray) -> FloatArray:
    counts: FloatArray = len(ascending) - np.searchsorted(ascending, thresholds).astype(np.float64)
    return counts


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
