"""What an analysis can say: metrics, verdicts and summaries of latencies."""

from dataclasses import dataclass
from enum import StrEnum


class Metric(StrEnum):
    """What a comparison compares.

    `latency` is the time of paired requests, or the median response time of the open model; p50,
    p95 and p99 are percentiles of times under load.
    """

    LATENCY = "latency"
    THROUGHPUT = "throughput"
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"

    @property
    def more_is_faster(self) -> bool:
        """Which way is better: more requests a second are, longer times are not."""
        return self is Metric.THROUGHPUT

    @property
    def guardrail(self) -> bool:
        """Whether it stands beside the metric that answers the question, to see that none suffers.

        An experiment has one metric that answers it.
        """
        return self not in {Metric.LATENCY, Metric.THROUGHPUT}


class Verdict(StrEnum):
    """What a comparison says, given its interval and the smallest effect that matters."""

    FASTER = "faster"
    SLOWER = "slower"
    FASTER_SIZE_UNRESOLVED = "faster, size unresolved"
    SLOWER_SIZE_UNRESOLVED = "slower, size unresolved"
    NO_DIFFERENCE = "no difference"
    INCONCLUSIVE = "inconclusive"
    INVALID = "invalid"


# What a comparison of equals must not say.
CLAIMS = frozenset(
    {
        Verdict.FASTER,
        Verdict.SLOWER,
        Verdict.FASTER_SIZE_UNRESOLVED,
        Verdict.SLOWER_SIZE_UNRESOLVED,
    }
)


@dataclass(frozen=True, kw_only=True)
class LatencySummary:
    """Latencies of one variant in milliseconds.

    `quantiles` holds the 0th, 1st .. 100th percentile: enough to draw the distribution.
    """

    mean: float
    p50: float
    p95: float
    p99: float
    quantiles: tuple[float, ...]
