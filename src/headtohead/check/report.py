"""The outcome of a check, for whoever ran it."""

from collections.abc import Iterator
from difflib import ndiff

from headtohead.check.outcome import Doubling, Outcome, SnapshotComparison, n_plus_1
from headtohead.check.queries import Executed
from headtohead.check.query_growth import ExperimentGrowth, QueryGrowth
from headtohead.check.sql_snapshot import Difference, SqlChange
from headtohead.protocol.explanation import Location
from headtohead.report.document import Brief, Lines
from headtohead.report.explanation import place
from headtohead.report.numbers import NO_VALUE, times


def brief(outcome: Outcome) -> Brief:
    """What was found equal, what grows, and what is not as it is kept, line by line."""
    return Brief(title="headtohead check", parts=(Lines(tuple(_lines(outcome))),))


def _lines(outcome: Outcome) -> Iterator[str]:
    for name, preflight in outcome.preflights.items():
        counted = ", ".join(
            f"{variant} {each.timing.queries if each.timing else NO_VALUE}"
            for variant, each in preflight.answers.items()
        )
        yield f"{name}: queries {counted}"
    if outcome.doubling:
        yield from _doubling(outcome.doubling)
    elif outcome.comparison:
        yield "Growth was not checked: rows at --url are not ours to double."
    if outcome.comparison:
        yield from _comparison(outcome.comparison)


def _doubling(doubling: Doubling) -> Iterator[str]:
    yield f"When rows double, from {doubling.rows:,} to {2 * doubling.rows:,}:"
    for growth in doubling.growth:
        yield f"  {_growth_in_words(growth)}"
        for variant in growth.variants:
            if variant.forbidden:
                for each in variant.grown:
                    yield f"    + {times(each.times)}: {each.sql}"
                    yield from _source(each.source, indent="      ")


def _growth_in_words(growth: ExperimentGrowth) -> str:
    """The verdict on an experiment's queries, and what was asked for to come to it."""
    if not growth.variants:
        return f"{growth.experiment}: no variant tells its queries"
    asked = f" (asked for {growth.path})" if growth.path else ""
    words = ", ".join(_variant_growth(each) for each in growth.variants)
    # Honest about what was not tried: a page of fixed length hides its N+1 from more rows.
    untried = "" if growth.answer_grew else "; the answer shows no more rows than before"
    return f"{growth.experiment}{asked}: {words}{untried}"


def _variant_growth(growth: QueryGrowth) -> str:
    if growth.after == growth.before:
        return f"{growth.variant} constant at {growth.after}"
    changes = "grows" if growth.after > growth.before else "falls"
    return f"{growth.variant} {changes} from {growth.before} to {growth.after}"


def _comparison(comparison: SnapshotComparison) -> Iterator[str]:
    if comparison.updated:
        yield f"Wrote {comparison.path}; commit it."
        return
    if not comparison.exists:
        yield (
            f"There is no {comparison.path} to compare the SQL with; "
            "`h2h check --update` makes it, to be committed."
        )
        return
    for difference in comparison.differences:
        yield from _difference(difference, comparison)
    if comparison.other_plans:
        yield f"Plans were not compared: {comparison.other_plans}."
    if comparison.not_kept:
        yield (
            f"{comparison.path} lacks {', '.join(comparison.not_kept)}; "
            "`h2h check --update` adds what is missing."
        )
    if not comparison.differences:
        yield f"The SQL is that in {comparison.path}."


def _difference(difference: Difference, comparison: SnapshotComparison) -> Iterator[str]:
    yield f"{difference.experiment}/{difference.variant} is not as in {comparison.path}:"
    if difference.bytes_before != difference.bytes_after:
        yield f"  ~ {difference.bytes_before:,} bytes, now {difference.bytes_after:,}"
    for change in difference.changes:
        for line in _change_lines(change):
            yield f"  {line}"


def _change_lines(change: SqlChange) -> Iterator[str]:
    """One statement of a difference, marked as in a diff."""
    before, after = change.before, change.after
    if change.is_gone:
        yield f"- {_times(before)}: {before.sql}"
        return
    if change.is_new:
        yield f"+ {_times(after)}: {after.sql}"
    else:
        yield f"~ {', '.join(_changes(change))}: {after.sql}"
    yield from _source(after.source, indent="    ")
    if n_plus_1(change):
        yield "    an N+1: select_related or prefetch_related could fetch it at once"
    if before.plan != after.plan and not change.is_new:
        for line in ndiff(before.plan, after.plan):
            if not line.startswith("?"):
                yield f"    {line}"


def _changes(change: SqlChange) -> Iterator[str]:
    before, after = change.before, change.after
    if change.repeats:
        yield f"{_times(before)}, now {_times(after)}"
    if before.rows != after.rows:
        yield f"{before.rows:,} rows, now {after.rows:,}"
    if before.plan != after.plan:
        yield "another plan"


def _times(executed: Executed) -> str:
    if executed.first != executed.second:
        return f"{executed.first} and then {executed.second} times"
    return times(executed.first)


def _source(source: Location | None, *, indent: str) -> Iterator[str]:
    if source:
        yield f"{indent}from {place(source)}"
