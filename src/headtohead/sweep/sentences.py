"""What every report says of a sweep."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from headtohead.analysis.growth import CountTrend, Trend
from headtohead.records.explained import ExplainedVariant
from headtohead.report.numbers import ARROW, count, count_change, size
from headtohead.sweep.record import Size, Sweep, VariantGrowth

NOT_EXECUTED = ("not executed",)


@dataclass(frozen=True, kw_only=True)
class PlanRange:
    """Sizes next to each other at which a statement has the same plan.

    Attributes:
        first: Rows at the smallest of them.
        last: Rows at the largest.
        shape: The plan's shape, a line for each step; or why there is none.
    """

    first: int
    last: int
    shape: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StatementPlans:
    """The plans of one statement.

    Attributes:
        sql: Normalised text.
        stretches: Where it has which, in ascending order.
    """

    sql: str
    stretches: tuple[PlanRange, ...]

    @property
    def changes(self) -> tuple[int, ...]:
        """Numbers of rows at which the plan is another one than at the size before."""
        return tuple(each.first for each in self.stretches[1:])


def statement_plans(sweep: Sweep, variant: str) -> tuple[StatementPlans, ...]:
    """The plans of all statements that a variant executes at any size, those that change first."""
    statements = dict.fromkeys(
        each.statement.sql
        for size in sweep.sizes
        for explained in _of_variant(size, variant)
        for each in explained.statements
    )
    plans = (
        StatementPlans(sql=sql, stretches=tuple(_stretches(sweep, variant, sql)))
        for sql in statements
    )
    return tuple(sorted(plans, key=lambda each: not each.changes))


def _stretches(sweep: Sweep, variant: str, sql: str) -> Iterator[PlanRange]:
    for shape, sizes in groupby(sweep.sizes, key=lambda size: _shape(size, variant, sql)):
        rows = [size.rows for size in sizes]
        yield PlanRange(first=rows[0], last=rows[-1], shape=shape)


def _shape(size: Size, variant: str, sql: str) -> tuple[str, ...]:
    for explained in _of_variant(size, variant):
        for each in explained.statements:
            if each.statement.sql == sql:
                plan = each.detail.plan
                return plan.shape if plan else (f"no plan: {each.detail.without_plan}",)
    return NOT_EXECUTED


def _of_variant(size: Size, name: str) -> Iterator[ExplainedVariant]:
    return (each for each in size.explained if each.name == name)


HOW_TO_READ = (
    "Ten times the rows take 10^exponent times as long: with 0 no longer, with 0.5 three times,"
    " with 1 ten times as long. It holds between the smallest and the largest size, no further."
)
# An answer that shows more rows is longer; a total in it adds a digit.
_LONGER = 1.2


def in_words(sweep: Sweep, growth: VariantGrowth) -> str:
    """The verdict on one variant, with its reason: "naive: grows linearly, ..."."""
    plans = plans_in_words(sweep, growth.variant)
    told = [growth.trend, _queries(sweep, growth), *([plans] if plans else [])]
    return f"{growth.variant}: {', '.join(told)}"


def plans_in_words(sweep: Sweep, variant: str) -> str:
    """Where the plans of a variant change; empty where it has none."""
    plans = statement_plans(sweep, variant)
    changes = sorted({rows for each in plans for rows in each.changes})
    if changes:
        return f"plans change at {', '.join(f'{rows:,}' for rows in changes)} rows"
    return "the same plans at every size" if plans else ""


def sizes_in_words(stretch: PlanRange) -> str:
    """At which sizes a plan is the one: `10,000 to 1,000,000 rows`."""
    first, last = f"{stretch.first:,}", f"{stretch.last:,}"
    return f"{first} rows" if first == last else f"{first} to {last} rows"


def notes(sweep: Sweep) -> Iterator[str]:
    """What to keep in mind beside the verdicts."""
    lengths = [result.bytes_per_response for result in sweep.of_variant(sweep.growth[0].variant)]
    if max(lengths) > _LONGER * min(lengths):
        yield (
            f"The answer is not as long at every size, {size(lengths[0])} {ARROW}"
            f" {size(lengths[-1])}: a part of the growth is that of what it shows."
        )
    else:
        yield (
            "The answer is as long at every size: this is how finding its rows grows, and says"
            " nothing of showing more of them."
        )
    if any(growth.trend in {Trend.SOMEHOW, Trend.UNKNOWN} for growth in sweep.growth):
        yield (
            "Where it cannot be told, the sizes lie too far off a line for so few of them: give"
            " more with --rows, such as the steps between. Exponents that rise from size to size"
            " show that a fixed cost is overtaken by one that grows."
        )


def _queries(sweep: Sweep, growth: VariantGrowth) -> str:
    counts = [result.queries_per_request for result in sweep.of_variant(growth.variant)]
    if growth.queries is CountTrend.CONSTANT:
        return f"queries constant ({count(counts[0])})"
    if growth.queries is CountTrend.GROWING:
        return f"queries grow ({count_change(counts[0], counts[-1])})"
    return f"queries vary ({', '.join(map(count, counts))})"
