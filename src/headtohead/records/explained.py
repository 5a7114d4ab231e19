"""Why variants take what they take: the record that `h2h explain` keeps beside that of a run."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from headtohead.host.files import write_whole
from headtohead.protocol.explanation import Detail, Statement
from headtohead.records.provenance import GitState
from headtohead.records.store import RecordFormat, to_json

SCHEMA_VERSION = 1
EXPLAINED_NAME = "explain.json"


@dataclass(frozen=True, kw_only=True)
class ExplainedStatement:
    """A statement with its causes.

    Attributes:
        statement: Its text and how often it was executed.
        detail: What had it executed, and its plan.
        hints: What may be worth a try.
    """

    statement: Statement
    detail: Detail
    hints: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExplainedVariant:
    """What one variant's answer takes.

    Attributes:
        variant: Identity of the variant.
        queries: Statements executed, all in all.
        statements: The distinct ones, most repeated first.
    """

    variant: str
    queries: int
    statements: tuple[ExplainedStatement, ...]

    @property
    def experiment(self) -> str:
        """Name of the experiment."""
        return self.variant.partition("/")[0]

    @property
    def name(self) -> str:
        """Name of the variant within its experiment."""
        return self.variant.partition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What `explain.json` holds.

    Attributes:
        schema: Version of this format.
        started_at: When the requests were made that it tells of.
        git: The revision explained.
        rows: Rows of the main table, 0 where unknown.
        variants: The variants of all experiments.
    """

    schema: int
    started_at: datetime
    git: GitState
    rows: int
    variants: tuple[ExplainedVariant, ...]


EXPLAINED_FORMAT = RecordFormat(
    kind=Explained,
    what="record of what explains a run",
    newest=SCHEMA_VERSION,
    fix="explain the run again with `h2h explain --run RUN`, or remove the file",
)


def write_explained(explained: Explained, directory: Path) -> None:
    """Write `explain.json` so that a reader sees all of it or none of it."""
    write_whole(to_json(explained), directory / EXPLAINED_NAME)


def read_explained(directory: Path) -> Explained | None:
    """What explains the run of that directory; None when nobody had it explained.

    Raises:
        RecordError: It cannot be read, or is of a schema this version does not know.
    """
    path = directory / EXPLAINED_NAME
    return EXPLAINED_FORMAT.read(path) if path.exists() else None
