"""The record of a proof: what the pipeline said of every commit, and whether it was right."""

from dataclasses import dataclass
from datetime import datetime

from benchmarks.found import Effect, Found
from benchmarks.proof.commits import Planted
from headtohead.records.provenance import Environment, GitState


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One commit against the one before it.

    Attributes:
        number: The first is 1.
        commit: Its hash in the scripted repository.
        message: What its author calls it.
        planted: What there is to find.
        seconds: How long it took.
        exit_code: What the pipeline was told: 0 passed, 1 failed, 3 does not count.
        caveats: Those that invalidate, as ``endpoint: code``.
        found: What was said, endpoint by endpoint.
    """

    number: int
    commit: str
    message: str
    planted: Planted | None
    seconds: float
    exit_code: int
    caveats: tuple[str, ...]
    found: tuple[Found, ...]

    @property
    def claims(self) -> tuple[Found, ...]:
        """The endpoints of which a difference is claimed."""
        return tuple(each for each in self.found if each.effect)

    @property
    def right(self) -> bool:
        """Whether all that was planted is claimed and nothing else, and only regressions fail."""
        planted = {(self.planted.path, self.planted.effect)} if self.planted else set()
        claimed = {(each.path, each.effect) for each in self.claims}
        fails = self.planted is not None and self.planted.effect is Effect.SLOWER
        return claimed == planted and self.exit_code == int(fails)


@dataclass(frozen=True, kw_only=True)
class Record:
    """One proof, in the order of commits."""

    started_at: datetime
    seconds: float
    git: GitState
    environment: Environment
    commits: tuple[Judged, ...]
