"""What was observed, and where: the record that every report is derived from."""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cattrs.errors import BaseValidationError

from headtohead.errors import RecordError
from headtohead.host.files import write_whole
from headtohead.records.provenance import ComparedRevision, Environment, GitState
from headtohead.records.results import ExperimentResult
from headtohead.records.store import converter, to_json

SCHEMA_VERSION = 1
RECORD_NAME = "run.json"


@dataclass(frozen=True, kw_only=True)
class UntimedEndpoint:
    """An endpoint that was not timed.

    Attributes:
        path: Its path.
        reason: Why not, in a few words.
        kind: ``skipped`` where it says nothing of the revisions, ``differs`` where they part, such
            as when only one of them has it, ``failed`` where a server broke down.
    """

    path: str
    reason: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Revisions:
    """What two revisions of a project were compared.

    Attributes:
        base: The one that the other is compared with.
        head: The other one.
        rounds: How often the servers of both were started anew.
        error_rate: How often any of the verdicts may be wrong, all of them together.
        untimed: Endpoints that could not be timed.
    """

    base: ComparedRevision
    head: ComparedRevision
    rounds: int
    error_rate: float
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


# JSON has no infinity: a bound that does not exist is null.
converter.register_unstructure_hook(float, lambda value: value if math.isfinite(value) else None)

converter.register_structure_hook(
    float, lambda value, _: math.inf if value is None else float(value)
)


def from_json(text: str, *, source: str) -> Run:
    """Read a record back.

    Args:
        text: What `to_json` wrote.
        source: Where it came from, for messages.

    Raises:
        RecordError: The text is no record, or of a schema this version does not know.
    """
    remedy = "give a run directory or run.json that `h2h run` wrote"
    try:
        fields: Any = json.loads(text)
    except ValueError as error:
        raise RecordError(f"{source} is not JSON ({error})", fix=remedy) from error
    schema = fields.get("schema") if isinstance(fields, dict) else None
    if not isinstance(schema, int):
        raise RecordError(f"{source} is not a headtohead record", fix=remedy)
    if schema > SCHEMA_VERSION:
        raise RecordError(
            f"{source} has schema {schema}, newer than the {SCHEMA_VERSION} this version reads",
            fix="upgrade headtohead",
        )
    try:
        return converter.structure(fields, Run)
    except (BaseValidationError, KeyError, TypeError, ValueError) as error:
        raise RecordError(f"{source} is damaged ({error!r})", fix=remedy) from error


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
    record = path / RECORD_NAME if path.is_dir() else path
    try:
        text = record.read_text(encoding="utf-8")
    except OSError as error:
        raise RecordError(
            f"no record at {path} ({error.strerror})", fix="`h2h run` writes results/latest"
        ) from error
    return from_json(text, source=str(record))
