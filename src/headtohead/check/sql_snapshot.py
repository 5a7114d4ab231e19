"""What every variant takes as it is kept in version control, and what has changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from headtohead.check.queries import Executed, Queries
from headtohead.errors import ConfigurationError
from headtohead.host.files import write_whole
from headtohead.records.store import RecordFormat, to_json

SCHEMA_VERSION = 2


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The SQL of every variant at some number of rows.

    Attributes:
        schema: Version of this layout.
        rows: Rows of the main table.
        seed: Seed of those rows.
        postgresql: Major version of the server that made the plans: others make other ones.
        experiments: The variants' SQL by the names of experiment and variant.
    """

    schema: int = SCHEMA_VERSION
    rows: int
    seed: int
    postgresql: str = ""
    experiments: Mapping[str, Mapping[str, Queries]]


@dataclass(frozen=True, kw_only=True)
class SqlChange:
    """A statement that is not what it was.

    Attributes:
        before: As kept; executed never where it is new.
        after: As found now; executed never where it is gone.
    """

    before: Executed
    after: Executed

    @property
    def is_new(self) -> bool:
        """Whether it was not executed before."""
        return not (self.before.first or self.before.second)

    @property
    def is_gone(self) -> bool:
        """Whether it is not executed any more."""
        return not (self.after.first or self.after.second)

    @property
    def repeats(self) -> bool:
        """Whether it is executed more or less often."""
        return (self.before.first, self.before.second) != (self.after.first, self.after.second)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A variant that does not take what is kept.

    Attributes:
        experiment: Name of the experiment.
        variant: Name of the variant.
        before: Statements executed for the first answer and for the second one, as kept.
        after: The same as found now.
        bytes_before: Length of its answer, as kept.
        bytes_after: The same as found now.
        changes: Those statements that differ.
    """

    experiment: str
    variant: str
    before: tuple[int, int]
    after: tuple[int, int]
    bytes_before: int
    bytes_after: int
    changes: tuple[SqlChange, ...]


SNAPSHOT_FORMAT = RecordFormat(
    kind=Snapshot,
    what="snapshot of SQL",
    newest=SCHEMA_VERSION,
    oldest=SCHEMA_VERSION,
    fix="restore it from version control, or remove it and run `h2h check --update`",
)


def read_snapshot(path: Path) -> Snapshot | None:
    """What is kept; None when nothing is.

    Raises:
        RecordError: The file cannot be read.
    """
    return SNAPSHOT_FORMAT.read(path) if path.exists() else None


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Keep it, so that a reader sees all of it or none of it.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    ordered = Snapshot(
        schema=snapshot.schema,
        rows=snapshot.rows,
        seed=snapshot.seed,
        postgresql=snapshot.postgresql,
        experiments=dict(sorted(snapshot.experiments.items())),
    )
    fields = msgspec.to_builtins(ordered)
    for variants in fields["experiments"].values():
        for queries in variants.values():
            for statement in queries["statements"]:
                # Lines of code change all the time, and mean nothing in a diff.
                statement.pop("source", None)
    try:
        write_whole(to_json(fields), path)
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror})",
            fix="make its folder, or name another file as `snapshot` in [tool.headtohead]",
        ) from error


def differences(
    kept: Mapping[str, Mapping[str, Queries]],
    found: Mapping[str, Mapping[str, Queries]],
    *,
    other_rows: bool,
    other_plans: bool,
) -> tuple[Difference, ...]:
    """What differs, of the variants that are in both.

    Args:
        kept: What variants take, by the names of experiment and variant.
        found: The same, as it is now.
        other_rows: Whether rows may be other ones and nobody emptied the caches. Then only how
            often statements are executed for second answers is compared.
        other_plans: Whether plans are those of another version of the database, to be left out.
    """

    def compared(each: Executed) -> Executed:
        if other_rows:
            return replace(each, first=each.second, rows=0, plan=())
        return replace(each, plan=()) if other_plans else each

    def changes(before: Queries, after: Queries) -> Iterator[SqlChange]:
        old = {each.sql: compared(each) for each in before.statements}
        new = {each.sql: compared(each) for each in after.statements}
        for sql in new | old:
            never = Executed(sql=sql, first=0, second=0)
            one, other = old.get(sql, never), new.get(sql, never)
            if one != replace(other, source=None):
                yield SqlChange(before=one, after=other)

    def counts(each: Queries) -> tuple[int, int]:
        return (each.second if other_rows else each.first, each.second)

    def difference(experiment: str, variant: str) -> Difference:
        before, after = kept[experiment][variant], found[experiment][variant]
        return Difference(
            experiment=experiment,
            variant=variant,
            before=counts(before),
            after=counts(after),
            bytes_before=before.body_bytes,
            bytes_after=after.body_bytes if not other_rows else before.body_bytes,
            changes=tuple(changes(before, after)),
        )

    compared_variants = (
        difference(experiment, variant)
        for experiment, variants in found.items()
        for variant in variants
        if variant in kept.get(experiment, {})
    )
    return tuple(
        each
        for each in compared_variants
        # Of very many statements a server tells only some, but it counts all.
        if each.changes or each.before != each.after or each.bytes_before != each.bytes_after
    )


def not_kept(
    kept: Mapping[str, Mapping[str, Queries]], found: Mapping[str, Mapping[str, Queries]]
) -> tuple[str, ...]:
    """Identities of variants that the snapshot lacks."""
    return tuple(
        f"{experiment}/{variant}"
        for experiment, variants in found.items()
        for variant in variants
        if variant not in kept.get(experiment, {})
    )
