"""The outcome of a check for people, line by line."""

from collections.abc import Iterator

from headtohead.check.growth import Growth, VariantGrowth
from headtohead.check.outcome import Comparison, Doubling, Outcome
from headtohead.check.snapshot import Change
from headtohead.report.format import NO_VALUE, times


def lines(outcome: Outcome) -> Iterator[str]:
    """What to print."""
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
        yield f"  {growth_in_words(growth)}"
        for variant in growth.variants:
            if variant.forbidden:
                for each in variant.grown:
                    yield f"    + {_times((each.times, each.times))}: {each.sql}"


def growth_in_words(growth: Growth) -> str:
    """The verdict on an experiment's queries, and what was asked for to come to it."""
    asked = f" (asked for {growth.path})" if growth.path else ""
    words = ", ".join(_variant_growth(each) for each in growth.variants)
    # Honest about what was not tried: a page of fixed length hides its N+1 from more rows.
    untried = "" if growth.answer_grew else "; the answer shows no more rows than before"
    return f"{growth.experiment}{asked}: {words}{untried}"


def _variant_growth(growth: VariantGrowth) -> str:
    if growth.after == growth.before:
        return f"{growth.variant} constant at {growth.after}"
    changes = "grows" if growth.after > growth.before else "falls"
    return f"{growth.variant} {changes} from {growth.before} to {growth.after}"


def _comparison(comparison: Comparison) -> Iterator[str]:
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
        yield f"{difference.experiment}/{difference.variant} is not as in {comparison.path}:"
        for change in difference.changes:
            yield f"  {change_in_words(change)}"
    if comparison.not_kept:
        yield (
            f"{comparison.path} lacks {', '.join(comparison.not_kept)}; "
            "`h2h check --update` adds what is missing."
        )
    if not comparison.differences:
        yield f"The SQL is that in {comparison.path}."


def change_in_words(change: Change) -> str:
    """One statement of a difference, marked as in a diff."""
    if change.before == (0, 0):
        return f"+ {_times(change.after)}: {change.sql}"
    if change.after == (0, 0):
        return f"- {_times(change.before)}: {change.sql}"
    return f"~ {_times(change.before)}, now {_times(change.after)}: {change.sql}"


def _times(counts: tuple[int, int]) -> str:
    first, second = counts
    if first != second:
        return f"{first} and then {second} times"
    return times(first)
