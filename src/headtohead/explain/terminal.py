"""Explained variants for people, line by line."""

from collections.abc import Iterator, Sequence

from headtohead.explain.explained import ExplainedStatement, ExplainedVariant
from headtohead.plan import PlanNode
from headtohead.report.format import milliseconds, times


def lines(variants: Sequence[ExplainedVariant]) -> Iterator[str]:
    """What to print."""
    for variant in variants:
        queries = "1 query" if variant.queries == 1 else f"{variant.queries:,} queries"
        yield f"{variant.variant}: {queries}"
        for each in variant.statements:
            yield from _statement(each)


def _statement(each: ExplainedStatement) -> Iterator[str]:
    yield f"  {times(each.statement.times)}: {each.statement.sql}"
    for source in each.detail.sources:
        at = source.location
        # That a statement comes from one place needs no count.
        often = f" ({times(source.times)})" if source.times < each.statement.times else ""
        yield f"    from {at.path}:{at.line} {at.function}{often}"
    if each.detail.plan:
        yield from plan_lines(each.detail.plan, indent="    ")
    else:
        yield f"    no plan: {each.detail.without_plan}"
    for hint in each.hints:
        yield f"    hint: {hint}"


def plan_lines(node: PlanNode, *, indent: str = "") -> Iterator[str]:
    """A plan as a tree, the steps that feed another one indented below it."""
    yield f"{indent}{_node(node)}"
    for child in node.children:
        yield from plan_lines(child, indent=f"{indent}  ")


def _node(node: PlanNode) -> str:
    parts = [node.operation]
    if node.relation:
        parts.append(f"on {node.relation}")
    if node.index:
        parts.append(f"using {node.index}")
    conditions = [each for each in (node.condition, node.filter) if each]
    if conditions:
        parts.append(f"where {' and '.join(conditions)}")
    return f"{' '.join(parts)}: {_work(node)}"


def _work(node: PlanNode) -> str:
    if node.loops is None or node.ms is None:
        return f"about {_rows(node.rows)}, not executed"
    if node.loops == 0:
        return "never executed"
    removed = f", {node.removed:,} dropped" if node.removed else ""
    loops = f", in {node.loops:,} loops" if node.loops > 1 else ""
    return f"{_rows(node.rows)}{removed}{loops}, {milliseconds(node.ms)}"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
