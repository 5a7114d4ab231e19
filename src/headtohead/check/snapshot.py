"""The SQL of every variant as it is kept in version control, and what has changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from headtohead.check.queries import Executed, Queries
from headtohead.errors import ConfigurationError, RecordError
from headtohead.files import write_whole

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The SQL of every variant at some number of rows.

    Attributes:
        schema: Version of this layout.
        rows: Rows of the main table.
        seed: Seed of those rows.
        experiments: The variants' SQL by the names of experiment and variant.
    """

    schema: int = SCHEMA_VERSION
    rows: int
    seed: int
    experiments: Mapping[str, Mapping[str, Queries]]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A statement that is executed more or less often than it was.

    Attributes:
        sql: Normalised text.
        before: Times in the first answer and in the second one, as kept.
        after: The same as found now.
    """

    sql: str
    before: tuple[int, int]
    after: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A variant whose SQL is not what is kept.

    Attributes:
        experiment: Name of the experiment.
        variant: Name of the variant.
        before: Statements executed for the first answer and for the second one, as kept.
        after: The same as found now.
        changes: Those statements that differ.
    """

    experiment: str
    variant: str
    before: tuple[int, int]
    after: tuple[int, int]
    changes: tuple[Change, ...]


_converter = make_converter(detailed_validation=False)


def read_snapshot(path: Path) -> Snapshot | None:
    """What is kept; None when nothing is.

    Raises:
        RecordError: The file cannot be read.
    """
    try:
        snapshot = _converter.loads(path.read_text(encoding="utf-8"), Snapshot)
    except FileNotFoundError:
        return None
    except (OSError, BaseValidationError, KeyError, TypeError, ValueError) as error:
        raise RecordError(
            f"{path} is no snapshot of SQL ({type(error).__name__})",
            fix="restore it from version control, or remove it and run `h2h check --update`",
        ) from error
    if snapshot.schema != SCHEMA_VERSION:
        raise RecordError(
            f"{path} has schema {snapshot.schema}, not {SCHEMA_VERSION}",
            fix="upgrade headtohead, or remove it and run `h2h check --update`",
        )
    return snapshot


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Keep it, so that a reader sees all of it or none of it.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    ordered = Snapshot(
        schema=snapshot.schema,
        rows=snapshot.rows,
        seed=snapshot.seed,
        experiments=dict(sorted(snapshot.experiments.items())),
    )
    try:
        write_whole(_converter.dumps(ordered, indent=2, ensure_ascii=False) + "\n", path)
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror})",
            fix="make its folder, or name another file as `snapshot` in [tool.headtohead]",
        ) from error


def differences(
    kept: Mapping[str, Mapping[str, Queries]],
    found: Mapping[str, Mapping[str, Queries]],
    *,
    warm_only: bool,
) -> tuple[Difference, ...]:
    """What differs, of the variants that are in both.

    Args:
        kept: SQL by the names of experiment and variant.
        found: The same, as it is now.
        warm_only: Whether to leave the first answers out, where nobody emptied the caches.
    """

    def counts(each: Queries | Executed) -> tuple[int, int]:
        return (each.second if warm_only else each.first, each.second)

    def changes(before: Queries, after: Queries) -> Iterator[Change]:
        old = {each.sql: counts(each) for each in before.statements}
        new = {each.sql: counts(each) for each in after.statements}
        for sql in new | old:
            one, other = old.get(sql, (0, 0)), new.get(sql, (0, 0))
            if one != other:
                yield Change(sql=sql, before=one, after=other)

    compared = (
        Difference(
            experiment=experiment,
            variant=variant,
            before=counts(kept[experiment][variant]),
            after=counts(queries),
            changes=tuple(changes(kept[experiment][variant], queries)),
        )
        for experiment, variants in found.items()
        for variant, queries in variants.items()
        if variant in kept.get(experiment, {})
    )
    # Of very many statements a server tells only some, but it counts all.
    return tuple(each for each in compared if each.changes or each.before != each.after)


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
