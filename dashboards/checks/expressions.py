"""PromQL taken apart: the metrics and labels that it names, and the dimension of its result."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser
from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    VectorSelector,
)

INTERVAL = re.compile(r"\$__(?:rate_interval|interval|range)\b")


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """What a number counts, as powers: `seconds=-1, things=1` is something a second."""

    seconds: int = 0
    bytes: int = 0
    things: int = 0

    def __truediv__(self, other: "Dimension") -> "Dimension":
        return Dimension(
            seconds=self.seconds - other.seconds,
            bytes=self.bytes - other.bytes,
            things=self.things - other.things,
        )


SECONDS = Dimension(seconds=1)
BYTES = Dimension(bytes=1)
THINGS = Dimension(things=1)
RATE = Dimension(seconds=-1, things=1)
SHARE = Dimension()


class DimensionError(ValueError):
    """An expression adds what cannot be added."""


def parse(expression: str) -> Expr:
    """The expression as a tree; Grafana's intervals stand for a minute.

    Raises:
        ValueError: It is no PromQL.
    """
    return promql_parser.parse(INTERVAL.sub("1m", expression))


def parts(expression: Expr) -> Iterator[Any]:
    """The expression and all that it is made of."""
    found: list[Any] = []
    promql_parser.walk(expression, pre_visit=found.append)
    return iter(found)


def selectors(expression: Expr) -> Iterator[VectorSelector]:
    """The metrics that are asked for."""
    for part in parts(expression):
        if isinstance(part, MatrixSelector):
            yield part.vector_selector
        elif isinstance(part, VectorSelector):
            yield part


def outermost_aggregates(expression: Expr) -> Iterator[AggregateExpr]:
    """The aggregations that decide which labels the result has."""
    if isinstance(expression, AggregateExpr):
        yield expression
    elif isinstance(expression, BinaryExpr):
        for side in (expression.lhs, expression.rhs):
            yield from outermost_aggregates(side)
    elif isinstance(expression, ParenExpr):
        yield from outermost_aggregates(expression.expr)
    elif isinstance(expression, Call):
        for argument in expression.args:
            yield from outermost_aggregates(argument)


def kept_labels(aggregate: AggregateExpr) -> frozenset[str]:
    """The labels that an aggregation keeps."""
    return frozenset(aggregate.modifier.labels if aggregate.modifier else ())


def dimension(expression: Expr) -> Dimension:
    """What the result counts, told by the names of metrics as Prometheus' conventions have them.

    Raises:
        DimensionError: It adds or compares what has different dimensions.
    """
    if isinstance(expression, VectorSelector):
        return dimension_of_metric(expression.name or "")
    if isinstance(expression, MatrixSelector):
        return dimension(expression.vector_selector)
    if isinstance(expression, AggregateExpr | ParenExpr):
        return dimension(expression.expr)
    if isinstance(expression, Call):
        return _dimension_of_call(expression)
    if isinstance(expression, BinaryExpr):
        return _dimension_of_operation(expression)
    if isinstance(expression, NumberLiteral):
        return SHARE
    raise DimensionError(f"{expression} has no dimension that is known")


def dimension_of_metric(name: str) -> Dimension:
    """What a metric counts."""
    if name.endswith(("_count", "_bucket")):
        return THINGS
    base = name.removesuffix("_total").removesuffix("_sum")
    for suffix, found in {"_seconds": SECONDS, "_bytes": BYTES, "_rate": RATE}.items():
        if base.endswith(suffix):
            return found
    return SHARE if re.search(r"_ratio(_low|_high)?$", base) else THINGS


def dimension_of_buckets(expression: Expr) -> Dimension:
    """What a histogram observes whose buckets are asked for."""
    (name,) = {each.name or "" for each in selectors(expression)}
    return dimension_of_metric(name.removesuffix("_bucket"))


def _dimension_of_call(call: Call) -> Dimension:
    if call.func.name == "histogram_quantile":
        return dimension_of_buckets(call.args[1])
    argument = dimension(call.args[0])
    return argument / SECONDS if call.func.name == "rate" else argument


def _dimension_of_operation(operation: BinaryExpr) -> Dimension:
    if isinstance(operation.rhs, NumberLiteral) and operation.rhs.val == 0:
        # Of whatever there is none, that is zero.
        return dimension(operation.lhs)
    left, right = dimension(operation.lhs), dimension(operation.rhs)
    if str(operation.op) == "/":
        return left / right
    if left != right:
        raise DimensionError(f"{operation.op} of {left} and {right}")
    return left
