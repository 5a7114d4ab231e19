"""Short ways to write what is explained."""

from headtohead.plan import PlanNode
from headtohead.statements import Detail, Explanation, Location, Source, Statement


def node(**changes: object) -> PlanNode:
    """A sequential scan that keeps 10 of 10,000 rows, unless told otherwise."""
    given = {
        "operation": "Seq Scan",
        "relation": "review",
        "index": "",
        "condition": "",
        "filter": "(rating = ?)",
        "loops": 1,
        "rows": 10,
        "removed": 9990,
        "ms": 1.234,
        "blocks": 80,
        "children": (),
    }
    return PlanNode(**(given | changes))


def source(line: int, times: int) -> Source:
    return Source(
        location=Location(path="shop/views.py", line=line, function="Products.list"), times=times
    )


def detail(
    *sources: Source, plan: PlanNode | None = None, without_plan: str = "EXPLAIN does not take it"
) -> Detail:
    return Detail(sources=sources, plan=plan, without_plan="" if plan else without_plan)


def explanation(**details: tuple[int, Detail]) -> Explanation:
    """An answer whose statements were each executed so often."""
    return Explanation(
        variant="product-list/naive",
        status=200,
        queries=sum(times for times, _ in details.values()),
        statements=tuple(Statement(sql=sql, times=times) for sql, (times, _) in details.items()),
        details=tuple(each for _, each in details.values()),
    )
