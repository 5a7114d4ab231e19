"""What a rule makes of the evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.validation.trace import Trace
from headtohead.analysis.interval import FloatArray


class Claim(StrEnum):
    """What a rule tells its user."""

    SLOWER = "slower"
    FASTER = "faster"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """What a rule may look at.

    Attributes:
        trace: The pairs of the trial.
        earlier_ms: The baseline's mean latency in earlier trials beside the same neighbour, oldest
            first: the history of a tool that remembers its runs.
    """

    trace: Trace
    earlier_ms: FloatArray


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a rule says of a trial.

    Attributes:
        claim: What it tells its user.
        seconds: Seconds of requests it needed.
        ratio: The effect it states, variant over baseline.
        interval: The 95 % interval it states; None where it states none.
    """

    claim: Claim
    seconds: float
    ratio: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A way to come from measured times to a verdict.

    Attributes:
        name: What it is called in tables.
        own: Whether it is this project's, or a candidate for it.
        source: Where it comes from.
        judge: Applies it; None when the evidence does not suffice for it to say anything.
        of_means: Whether the effect it states is one of means rather than of typical requests.
        margin: The smallest effect that it is to claim, as a fraction.
    """

    name: str
    own: bool
    source: str
    judge: Callable[[Evidence], Judgement | None]
    of_means: bool = False
    margin: float = 0.0
