"""The record of one comparison."""

from dataclasses import dataclass
from enum import StrEnum

from headtohead.analysis.results import Metric, Verdict
from headtohead.records.encoding import Bound, Bounds


class Mode(StrEnum):
    """How the load was applied."""

    # Request pairs, taken one after another by one user.
    LATENCY = "latency"
    # Blocks of load on one variant, put on by several users.
    THROUGHPUT = "throughput"
    # Stretches of requests to one variant that arrive at a planned rate, whatever becomes of them.
    OPEN = "open"

    @property
    def pair(self) -> str:
        """What a comparison counts: the smallest unit that holds both of its arms."""
        return "pairs" if self is Mode.LATENCY else "rounds"


@dataclass(frozen=True, kw_only=True)
class CarryOver:
    """By what factor the other arm's request slows the next, more for the variant's than for its.

    Attributes:
        ratio: Above 1, the variant's requests suffer more.
        ci99: Its 99 % interval.
    """

    ratio: float
    ci99: Bounds


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One variant against the baseline.

    Attributes:
        variant: Name of the variant.
        baseline: Name of the baseline.
        metric: What is compared.
        pairs: What the estimate rests on: request pairs, or rounds or groups of rounds.
        ratio: Variant over baseline: 0.5 is half the time, or half the requests a second.
        ci95: The 95 % interval of `ratio`; with too few pairs (0, infinity).
        margin: The smallest effect that matters, as a fraction.
        verdict: What the interval says, given the margin; where measuring could stop early, what
            `anytime_ci95` says.
        detectable: Half-width of the verdict's interval as a fraction: about the smallest effect
            that this run could have seen.
        seconds: Time spent measuring this comparison, warm-up excluded.
        stopped_early: Whether the answer was clear before the budget was spent.
        alpha: How often the interval behind the verdict may miss. It is below 0.05 where verdicts
            of several comparisons share that rate (Holm, 1979); `ci95` stays what it says.
        anytime_ci95: The wider interval that holds however often one looks, on which measuring
            stopped; None where it could not stop early.
        carry_over: What the arms leave behind for each other, which both intervals allow for;
            None under load.
    """

    variant: str
    baseline: str
    metric: Metric
    pairs: int
    ratio: float
    ci95: Bounds
    margin: float
    verdict: Verdict
    detectable: Bound
    seconds: float
    stopped_early: bool
    alpha: float = 0.05
    anytime_ci95: Bounds | None = None
    carry_over: CarryOver | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorDifference:
    """How much larger a variant's share of failed requests is than the baseline's.

    Attributes:
        variant: Name of the variant.
        baseline: Name of the baseline.
        difference: Between -1 and 1; 0.01 is one failure more in a hundred requests.
        ci95: Its 95 % interval.
    """

    variant: str
    baseline: str
    difference: float
    ci95: Bounds
