"""The record of a commit that was compared with itself many times."""

from dataclasses import dataclass
from datetime import datetime

from benchmarks.found import Found
from headtohead.records.provenance import Environment, GitState


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One comparison.

    Attributes:
        started_at: When it began.
        seconds: How long it took.
        load_before: The machine's load average of a minute when it began.
        caveats: Those that invalidate, as ``endpoint: code``.
        found: What was said, endpoint by endpoint.
    """

    started_at: datetime
    seconds: float
    load_before: float
    caveats: tuple[str, ...]
    found: tuple[Found, ...]

    @property
    def claims(self) -> tuple[Found, ...]:
        """The endpoints of which a difference is claimed, falsely."""
        return tuple(each for each in self.found if each.effect)


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """How many series of quiet ratios were said to have a change point.

    Attributes:
        kind: Where the series come from.
        length: Ratios of each.
        series: How many there were.
        flagged: How many were said to change.
    """

    kind: str
    length: int
    series: int
    flagged: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """All comparisons in their order, and the change points that were seen in them."""

    git: GitState
    environment: Environment
    rounds: int
    budget: float
    taken: tuple[Taken, ...]
    quiet: tuple[Quiet, ...]

    @property
    def counted(self) -> tuple[Taken, ...]:
        """Those that do not say of themselves that they do not count."""
        return tuple(each for each in self.taken if not each.caveats)

    @property
    def series(self) -> dict[str, list[float]]:
        """Each endpoint's ratios, in the order of comparisons that count."""
        ratios: dict[str, list[float]] = {}
        for comparison in self.counted:
            for each in comparison.found:
                ratios.setdefault(each.path, []).append(each.ratio)
        return ratios
