"""What was observed, and where: the record that every report is derived from."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from headtohead.host.files import write_whole
from headtohead.records.plausibility import LARGEST, problems
from headtohead.records.provenance import ComparedRevision, Environment, GitState
from headtohead.records.results import ExperimentResult
from headtohead.records.store import RecordFormat, to_json

SCHEMA_VERSION = 2
# As folders of runs are called; it is shown, and part of links.
_RUN_ID = re.compile(r"\w[\w.+-]*", re.ASCII)
RECORD_NAME = "run.json"


@dataclass(frozen=True, kw_only=True)
class UntimedEndpoint:
    """An endpoint that was not timed.

    Attributes:
        path: Its path.
        reason: Why not, in a few words.
        kind: ``skipped`` where it says nothing of the revisions, ``differs`` where they part, such
            as when only one of them has it, ``failed`` where a server broke down.
        method: HTTP method of the request.
    """

    path: str
    reason: str
    kind: str
    method: str = "GET"


@dataclass(frozen=True, kw_only=True)
class Revisions:
    """What two revisions of a project were compared.

    Attributes:
        base: The one that the other is compared with.
        head: The other one.
        rounds: How often the servers of both were started again.
        alpha: How often any of the verdicts may be wrong, all of them together.
        untimed: Endpoints that could not be timed.
    """

    base: ComparedRevision
    head: ComparedRevision
    rounds: int
    alpha: float
    untimed: tuple[UntimedEndpoint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """One execution: what `run.json` holds.

    Attributes:
        control: The fastest experiment's baseline against itself, None where nobody asked for it.
        revisions: What the experiments compared; None where variants of one revision.
    """

    schema: int
    run_id: str
    started_at: datetime
    seconds: float
    complete: bool
    git: GitState
    environment: Environment
    experiments: tuple[ExperimentResult, ...]
    control: ExperimentResult | None = None
    revisions: Revisions | None = None

    @property
    def valid(self) -> bool:
        """Whether every experiment's numbers may be used, and no endpoint broke down."""
        untimed = self.revisions.untimed if self.revisions else ()
        return all(experiment.valid for experiment in self.experiments) and not any(
            endpoint.kind == "failed" for endpoint in untimed
        )


def _implausible(run: Run) -> str:
    if not _RUN_ID.fullmatch(run.run_id):
        return "its `run_id` is no name of a run"
    if run.started_at.tzinfo is None:
        return "its `started_at` has no time zone"
    if not 0 <= run.seconds <= LARGEST:
        return f"`seconds` is {run.seconds:g}"
    results = (*run.experiments, *([run.control] if run.control else []))
    found = (f"{each.name}: {problem}" for each in results for problem in problems(each))
    return next(found, "")


RUN_FORMAT = RecordFormat(
    kind=Run,
    what="record of a run",
    newest=SCHEMA_VERSION,
    renamed={"verdict_error_rate": "alpha", "error_rate": "alpha"},
    implausible=_implausible,
    fix="give a run directory or run.json that `h2h run` wrote, such as results/latest",
)


def write_record(run: Run, directory: Path) -> Path:
    """Write `run.json` so that a reader sees all of it or none of it.

    Returns:
        The path of the record.
    """
    path = directory / RECORD_NAME
    write_whole(to_json(run), path)
    return path


def read_record(path: Path) -> Run:
    """Read the record of a run from its directory or its `run.json`.

    Raises:
        RecordError: There is none, or it cannot be read.
    """
    return RUN_FORMAT.read(path / RECORD_NAME if path.is_dir() else path)
