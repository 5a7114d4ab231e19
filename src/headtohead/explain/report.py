"""Explained variants, for whoever asked for them."""

from collections.abc import Iterator, Sequence

from headtohead.protocol.explanation import PlanNode
from headtohead.records.explained import ExplainedStatement, ExplainedVariant
from headtohead.report.document import Brief, Lines
from headtohead.report.explanation import node_in_words, place, queries
from headtohead.report.numbers import times


def brief(variants: Sequence[ExplainedVariant]) -> Brief:
    """Each variant's statements, their causes, plans and hints, line by line."""
    return Brief(title="headtohead explain", parts=(Lines(tuple(_lines(variants))),))


def _lines(variants: Sequence[ExplainedVariant]) -> Iterator[str]:
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
        yield from _plan_lines(each.detail.plan, indent="    ")
    else:
        yield f"    no plan: {each.detail.without_plan}"
    for hint in each.hints:
        yield f"    hint: {hint}"


def _plan_lines(node: PlanNode, *, indent: str) -> Iterator[str]:
    yield f"{indent}{node_in_words(node)}"
    for child in node.children:
        yield from _plan_lines(child, indent=f"{indent}  ")
