"""What a check found, and what of it makes the check fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from headtohead.check.growth import Growth, VariantGrowth
from headtohead.check.snapshot import Difference
from headtohead.run.preflight import Finding, Preflight


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The SQL beside the snapshot.

    Attributes:
        path: The snapshot's file, from the project's root.
        exists: Whether there is one.
        updated: Whether it was written anew instead of compared with.
        elsewhere: Whether the SQL is that of a server whose rows are unknown.
        rows: Rows it was taken at.
        seed: Seed of those rows.
        differences: Variants whose SQL is not what it keeps.
        not_kept: Identities of variants that it lacks.
    """

    path: Path
    exists: bool = True
    updated: bool = False
    elsewhere: bool = False
    rows: int = 0
    seed: int = 0
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
    growth: tuple[Growth, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a check found.

    Attributes:
        preflights: What the variants answer on the rows that are there, by experiment.
        comparison: The SQL beside the snapshot; None when bodies differ already.
        doubling: What doubling the rows does; None when bodies differ, or rows are not ours.
    """

    preflights: Mapping[str, Preflight]
    comparison: Comparison | None = None
    doubling: Doubling | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that makes the check fail."""
        return tuple(self._findings())

    def _findings(self) -> Iterator[Finding]:
        for preflight in self.preflights.values():
            yield from preflight.findings
        if self.comparison:
            for difference in self.comparison.differences:
                yield _changed(difference, self.comparison)
        if self.doubling:
            for growth in self.doubling.growth:
                for variant in growth.variants:
                    if variant.forbidden:
                        yield _growing(growth, variant)


def _changed(difference: Difference, comparison: Comparison) -> Finding:
    before, after = (
        each[0] if each[0] == each[1] else f"{each[0]}, then {each[1]}"
        for each in (difference.before, difference.after)
    )
    counted = (
        f"makes as many queries ({after}) but other ones than"
        if before == after
        else f"makes {after} queries, not {before} as"
    )
    return Finding(
        variant=f"{difference.experiment}/{difference.variant}",
        problem=f"{counted} in {comparison.path} "
        f"({comparison.rows:,} rows, seed {comparison.seed})",
        fix="give that server these rows, or mend it"
        if comparison.elsewhere
        else "mend it; if it is meant, `h2h check --update` and commit the file",
    )


def _growing(growth: Growth, variant: VariantGrowth) -> Finding:
    return Finding(
        variant=f"{growth.experiment}/{variant.variant}",
        problem=f"grows from {variant.before} to {variant.after} queries as rows double, "
        "and users are served it",
        fix="fetch at once what it fetches row by row (select_related, prefetch_related)",
    )
