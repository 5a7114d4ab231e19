"""Explained variants for people, line by line."""

from collections.abc import Iterator, Sequence

from headtohead.protocol.explanation import PlanNode
from headtohead.records.explained import ExplainedStatement, ExplainedVariant
from headtohead.report.explanation import node_in_words, place, queries
from headtohead.report.numbers import times


def lines(variants: Sequence[ExplainedVariant]) -> Iterator[str]:
    """What to print."""
    for variant in variants:
        yield f"{variant.variant}: {queries(variant)}"
        for each in variant.statements:
            yield from _statement(each)


def _statement(each: ExplainedStatement) -> Iterator[str]:
    yield f"  {times(each.statement.times)}: {each.statement.sql}"
    for source in each.detail.sources:
        # That a statement comes from one place needs no count.
        often = f" ({times(source.times)})" if source.times < each.statement.times else ""
        yield f"    from {place(source.location)}{often}"
    if each.detail.plan:
        yield from plan_lines(each.detail.plan, indent="    ")
    else:
        yield f"    no plan: {each.detail.without_plan}"
    for hint in each.hints:
        yield f"    hint: {hint}"


def plan_lines(node: PlanNode, *, indent: str = "") -> Iterator[str]:
    """A plan as a tree, the steps that feed another one indented below it."""
    yield f"{indent}{node_in_words(node)}"
    for child in node.children:
        yield from plan_lines(child, indent=f"{indent}  ")
