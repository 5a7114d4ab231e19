"""How the plans of a variant's statements go with the rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from headtohead.explained import ExplainedVariant
from headtohead.sweep.record import Size, Sweep

NOT_EXECUTED = ("not executed",)


@dataclass(frozen=True, kw_only=True)
class Stretch:
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
    stretches: tuple[Stretch, ...]

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


def _stretches(sweep: Sweep, variant: str, sql: str) -> Iterator[Stretch]:
    for shape, sizes in groupby(sweep.sizes, key=lambda size: _shape(size, variant, sql)):
        rows = [size.rows for size in sizes]
        yield Stretch(first=rows[0], last=rows[-1], shape=shape)


def _shape(size: Size, variant: str, sql: str) -> tuple[str, ...]:
    for explained in _of_variant(size, variant):
        for each in explained.statements:
            if each.statement.sql == sql:
                plan = each.detail.plan
                return plan.shape if plan else (f"no plan: {each.detail.without_plan}",)
    return NOT_EXECUTED


def _of_variant(size: Size, name: str) -> Iterator[ExplainedVariant]:
    return (each for each in size.explained if each.name == name)
