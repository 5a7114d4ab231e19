"""What a validation found: the record that its table, page and plots are derived from."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from headtohead.errors import RecordError
from headtohead.records.encoding import decode
from headtohead.records.provenance import Environment, GitState

SCHEMA_VERSION = 1
RECORD_NAME = "validation.json"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What holds for all trials of a folder.

    Attributes:
        subject: Identity of the endpoint that is measured against itself.
        method: HTTP method of its request.
        path: Path and query of its request.
        heavy: Identity of what is sent before one arm where a scenario asks for carry-over.
        seconds: Usual seconds of requests in a trial.
        seed: Seed of everything random.
        median_ms: The endpoint's median latency when the first trial began.
        median_server_ms: The median of the time its server says it took.
        started_at: When that was.
        git: The revision measured.
        environment: Where.
    """

    subject: str
    method: str
    path: str
    heavy: str
    seconds: float
    seed: int
    median_ms: float
    median_server_ms: float
    started_at: datetime
    git: GitState
    environment: Environment


@dataclass(frozen=True, kw_only=True)
class ScenarioRecord:
    """One kind of trial and what was injected, by the server's clock.

    Attributes:
        name: The scenario's name.
        meaning: What is tried.
        percent: The effect that was asked for, in per cent of the endpoint's median latency.
        equals: Whether a rule that claims a difference is wrong.
        trials: How many were taken.
        seconds: Median seconds of requests in one.
        pairs: Median number of pairs in one.
        delay_ms: Median of what the server spent on the variant's request.
        added_ms: What that added to the server's time, with what a wait does to the rest of a
            request; 0 for equals. The true effect follows from it.
        true_ratio: Median over trials of the delay's true effect on a typical request.
        halves_apart: Median over trials of how far the baseline's mean moved from the first half to
            the second, as a fraction: what a comparison in sequence has to contend with.
        busy_share: Median share of the cores that others used just before a trial.
        busiest_share: The greatest of those.
    """

    name: str
    meaning: str
    percent: float
    equals: bool
    trials: int
    seconds: float
    pairs: int
    delay_ms: float
    true_ratio: float
    halves_apart: float
    busy_share: float
    busiest_share: float
    added_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RuleRecord:
    """A rule that was tried; see `benchmarks.validation.judgement.Rule`."""

    name: str
    own: bool
    source: str
    margin: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one rule made of the trials of one scenario.

    Attributes:
        rule: The rule's name.
        scenario: The scenario's name.
        budget: Seconds of each trial it was given.
        trials: Trials it could judge.
        slower: How many it called slower.
        faster: How many it called faster.
        intervals: How many came with a 95 % interval.
        covered: How many of those hold the true effect.
        half_width: Median half-width of them as a fraction; None where there is none.
        bias: Mean of the stated effect over the true one, less 1.
        bias_error: Standard error of that mean; None for a single trial.
        seconds_p50: Median of the seconds it needed.
        seconds_p90: The 90th percentile of them.
    """

    rule: str
    scenario: str
    budget: float
    trials: int
    slower: int
    faster: int
    intervals: int
    covered: int
    half_width: float | None
    bias: float
    seconds_p50: float
    seconds_p90: float
    bias_error: float | None = None


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What `validation.json` holds."""

    schema: int
    setup: Setup
    scenarios: tuple[ScenarioRecord, ...]
    rules: tuple[RuleRecord, ...]
    cells: tuple[Cell, ...]

    def margin(self, rule: str) -> float:
        """The smallest effect that a rule is to claim."""
        return next(each.margin for each in self.rules if each.name == rule)

    def cell(self, rule: str, scenario: str, *, budget: float) -> Cell | None:
        """What a rule made of a scenario in that time, None where it could not judge any trial."""
        return next(
            (
                cell
                for cell in self.cells
                if (cell.rule, cell.scenario, cell.budget) == (rule, scenario, budget)
            ),
            None,
        )

    def scenario(self, name: str) -> ScenarioRecord | None:
        """The scenario of that name, None where no trial of it was taken."""
        return next((each for each in self.scenarios if each.name == name), None)


def read_validation(path: Path) -> Validation:
    """Read a record from its folder or its file.

    Raises:
        RecordError: There is none, or it cannot be read.
    """
    return _read(path / RECORD_NAME if path.is_dir() else path, Validation)


def read_setup(path: Path) -> Setup:
    """Read what holds for all trials.

    Raises:
        RecordError: It cannot be read.
    """
    return _read(path, Setup)


def _read(path: Path, kind: type[T]) -> T:
    try:
        return decode(path.read_bytes(), kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise RecordError(
            f"{path} is no record of a validation ({error!r})",
            fix="`python -m benchmarks.validation` writes one; give another folder with --output",
        ) from error
