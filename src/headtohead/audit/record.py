"""The facts that audits stated: the record that tables and pages are derived from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from headtohead.audit.client import Fact
from headtohead.errors import RecordError
from headtohead.records.provenance import Environment, GitState
from headtohead.records.store import RecordFormat
from headtohead.report.numbers import quantity, size

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class VariantFacts:
    """What the audit of one variant stated.

    Attributes:
        experiment: Name of the experiment.
        variant: Name of the variant.
        facts: At least one.
    """

    experiment: str
    variant: str
    facts: tuple[Fact, ...]

    @property
    def identity(self) -> str:
        """The variant's name in reports, such as ``stock-update/row-lock``."""
        return f"{self.experiment}/{self.variant}"


@dataclass(frozen=True, kw_only=True)
class AuditRecord:
    """What `h2h audit --output` keeps.

    Attributes:
        schema: Version of this format.
        started_at: When it began.
        seconds: How long it took, setting up the rows included.
        git: The revision audited.
        environment: Where; its rows are those of the main table.
        variants: Experiment by experiment, the baseline first.
    """

    schema: int
    started_at: datetime
    seconds: float
    git: GitState
    environment: Environment
    variants: tuple[VariantFacts, ...]

    @property
    def failures(self) -> tuple[tuple[VariantFacts, Fact], ...]:
        """The facts that are not as expected, with whose they are."""
        return tuple(
            (variant, fact) for variant in self.variants for fact in variant.facts if not fact.holds
        )

    def of_experiment(self, name: str) -> Iterator[VariantFacts]:
        """The variants of the experiment of that name."""
        return (each for each in self.variants if each.experiment == name)


def value_in_words(fact: Fact) -> str:
    """How much of it there is, with the unit: 37, 0.84 ms, 1,540 rows/s, 12.3 MB."""
    if fact.unit == "B":
        return size(fact.value)
    number = f"{fact.value:,.0f}" if fact.value == round(fact.value) else quantity(fact.value)
    return f"{number} {fact.unit}".rstrip()


AUDIT_FORMAT = RecordFormat(
    kind=AuditRecord,
    what="record of an audit",
    newest=SCHEMA_VERSION,
    fix="give a file that `h2h audit --output` wrote",
)


def is_audit(path: Path) -> bool:
    """Whether a file is what `h2h audit --output` writes."""
    try:
        AUDIT_FORMAT.read(path)
    except RecordError:
        return False
    return True
