"""What is compared, and with what aim."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A way to send requests."""

    FAST = "FastHttpUser"
    FAST_RECORDED = "FastHttpUser, recorded"
    LEAN = "lean user"
    LEAN_RECORDED = "lean user, recorded"

    @property
    def lean(self) -> bool:
        """Whether requests go by the lean client."""
        return self in {Kind.LEAN, Kind.LEAN_RECORDED}

    @property
    def recorded(self) -> bool:
        """Whether every request leaves a sample that is reported."""
        return self in {Kind.FAST_RECORDED, Kind.LEAN_RECORDED}

    @property
    def keeps_statistics(self) -> bool:
        """Whether Locust's statistics are kept, as under plain `locust`.

        `h2h`'s own generator, whose load is the lean and recorded one, keeps none.
        """
        return self is not Kind.LEAN_RECORDED


class Measure(StrEnum):
    """What is compared of two kinds."""

    PER_SECOND = "requests/s"
    PER_CORE_SECOND = "requests per core-second"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A ratio that is to be reached: of a kind over FastHttpUser as it comes."""

    kind: Kind
    measure: Measure
    at_least: float


GOALS = (
    Goal(kind=Kind.FAST_RECORDED, measure=Measure.PER_SECOND, at_least=0.95),
    Goal(kind=Kind.LEAN, measure=Measure.PER_CORE_SECOND, at_least=2.0),
    Goal(kind=Kind.LEAN_RECORDED, measure=Measure.PER_CORE_SECOND, at_least=2.0),
)
