"""The record of a proof: what the pipeline said of every commit, and whether it was right."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cattrs.preconf.json import make_converter

from benchmarks.proof.commits import Effect, Planted
from headtohead.measurement import Environment, GitState

RECORD_NAME = "record.json"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was said of one endpoint.

    Attributes:
        path: The endpoint.
        verdict: In the words of reports.
        ratio: Time after the commit over time before it.
        ci95: Its interval.
        queries: Queries of a request, before and after.
    """

    path: str
    verdict: str
    ratio: float
    ci95: tuple[float, float]
    queries: tuple[float, float]

    @property
    def effect(self) -> Effect | None:
        """What is claimed of the endpoint; None for no difference, or no answer."""
        return next((each for each in Effect if self.verdict.startswith(each)), None)


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


_converter = make_converter()


def write_record(record: Record, folder: Path) -> None:
    """Write the record so that a reader sees all of it or none of it."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{RECORD_NAME}.partial"
    text = json.dumps(_converter.unstructure(record), indent=1, ensure_ascii=False)
    partial.write_text(text + "\n", encoding="utf-8")
    partial.rename(folder / RECORD_NAME)


def read_record(folder: Path) -> Record:
    """Read a record back."""
    return _converter.loads((folder / RECORD_NAME).read_text(encoding="utf-8"), Record)
