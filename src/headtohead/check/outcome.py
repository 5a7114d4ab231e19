"""What a check found, and what of it makes the check fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from headtohead.check.equal_answers import Preflight, Problem
from headtohead.check.query_growth import ExperimentGrowth, QueryGrowth
from headtohead.check.sql_snapshot import Difference, SqlChange
from headtohead.explain.hints import is_n_plus_1
from headtohead.protocol.explanation import Location

_FETCH_AT_ONCE = "fetch at once what it fetches row by row (select_related, prefetch_related)"


@dataclass(frozen=True, kw_only=True)
class SnapshotComparison:
    """What variants take beside the snapshot.

    Attributes:
        path: The snapshot's file, from the project's root.
        exists: Whether there is one.
        updated: Whether it was written again instead of compared with.
        elsewhere: Whether the SQL is that of a server whose rows are unknown.
        rows: Rows it was taken at.
        seed: Seed of those rows.
        other_plans: Why plans could not be compared; empty when they could.
        differences: Variants that do not take what it keeps.
        not_kept: Identities of variants that it lacks.
    """

    path: Path
    exists: bool = True
    updated: bool = False
    elsewhere: bool = False
    rows: int = 0
    seed: int = 0
    other_plans: str = ""
    differences: tuple[Difference, ...] = ()
    not_kept: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Doubling:
    """What became of queries when rows doubled.

    Attributes:
        rows: Rows of the main table before.
        growth: Each experiment's.
    """

    rows: int
    growth: tuple[ExperimentGrowth, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a check found.

    Attributes:
        preflights: What the variants answer on the rows that are there, by experiment.
        apart: What forbids a comparison at rows of the check's own.
        comparison: What they take beside the snapshot; None when bodies differ already.
        doubling: What doubling the rows does; None when bodies differ, or rows are not ours.
    """

    preflights: Mapping[str, Preflight]
    apart: tuple[Problem, ...] = ()
    comparison: SnapshotComparison | None = None
    doubling: Doubling | None = None

    @property
    def findings(self) -> tuple[Problem, ...]:
        """All that makes the check fail."""
        return tuple(self._findings())

    def _findings(self) -> Iterator[Problem]:
        for preflight in self.preflights.values():
            yield from preflight.findings
        yield from self.apart
        if self.comparison:
            for difference in self.comparison.differences:
                yield _changed(difference, self.comparison)
        if self.doubling:
            for growth in self.doubling.growth:
                for variant in growth.variants:
                    if variant.forbidden:
                        yield _growing(growth, variant)


def n_plus_1(change: SqlChange) -> bool:
    """Whether a statement has become an N+1, or a worse one."""
    return change.after.first > change.before.first and is_n_plus_1(
        change.after.sql, times=change.after.first
    )


def _changed(difference: Difference, comparison: SnapshotComparison) -> Problem:
    repeated = next(filter(n_plus_1, difference.changes), None)
    repair = _FETCH_AT_ONCE if repeated else "fix it"
    return Problem(
        variant=f"{difference.experiment}/{difference.variant}",
        problem=f"{_what_changed(difference)} {comparison.path} "
        f"({comparison.rows:,} rows, seed {comparison.seed})"
        + (f", with an N+1{_at(repeated.after.source)}" if repeated else ""),
        fix="give that server these rows, or fix it"
        if comparison.elsewhere
        else f"{repair}; if it is intended, `h2h check --update` and commit the file",
        source=(repeated or difference.changes[0]).after.source if difference.changes else None,
    )


def _what_changed(difference: Difference) -> str:
    """The gravest of what changed."""
    before, after = (
        str(each[0]) if each[0] == each[1] else f"{each[0]}, then {each[1]}"
        for each in (difference.before, difference.after)
    )
    changes = difference.changes
    if before != after:
        return f"makes {after} queries, not {before} as in"
    if any(change.repeats for change in changes):
        return f"makes as many queries ({after}) but other ones than in"
    if any(change.before.rows != change.after.rows for change in changes):
        return "reads another number of rows than in"
    if changes:
        return "is answered by other plans than in"
    return f"answers {difference.bytes_after:,} bytes, not {difference.bytes_before:,} as in"


def _growing(growth: ExperimentGrowth, variant: QueryGrowth) -> Problem:
    source = variant.grown[0].source if variant.grown else None
    return Problem(
        variant=f"{growth.experiment}/{variant.variant}",
        problem=f"grows from {variant.before} to {variant.after} queries as rows double"
        f"{_at(source)}, and users are served it",
        fix=_FETCH_AT_ONCE,
        source=source,
    )


def _at(source: Location | None) -> str:
    return f" at {source.path}:{source.line}" if source else ""
