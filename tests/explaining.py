"""Short ways to write what is explained."""

from dataclasses import replace

from headtohead.explain.request import in_order
from headtohead.protocol.explanation import (
    Detail,
    Explanation,
    Location,
    PlanNode,
    Source,
    Statement,
)
from headtohead.records.explained import SCHEMA_VERSION, Explained, ExplainedVariant
from tests.report import samples


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


def explained(*variants: ExplainedVariant, **changes: object) -> Explained:
    """A record of the state in which samples.run was taken, unless told otherwise."""
    run = samples.run()
    given = {
        "schema": SCHEMA_VERSION,
        "started_at": run.started_at,
        "git": run.git,
        "rows": run.environment.rows,
        "variants": variants or (naive(), prefetched()),
    }
    return Explained(**(given | changes))


def naive() -> ExplainedVariant:
    """A variant with an N+1, a scan that drops most of what it reads, and a write."""
    scan = node(operation="Seq Scan", relation="catalog_review", filter="(rating = ?)")
    return in_order(
        explanation(
            **{
                SELECT_BRAND: (
                    50,
                    detail(source(12, 48), source(30, 2), plan=node(filter="", removed=0)),
                ),
                "SELECT count(*) FROM catalog_review WHERE rating = ?": (
                    1,
                    detail(source(40, 1), plan=node(operation="Aggregate", children=(scan,))),
                ),
                "SAVEPOINT ?": (1, detail()),
            }
        )
    )


def prefetched() -> ExplainedVariant:
    """A variant with nothing to mend."""
    told = explanation(**{SELECT_BRAND: (1, detail(source(12, 1), plan=node(rows=10, removed=0)))})
    return in_order(replace(told, variant="product-list/prefetched"))


SELECT_BRAND = (
    "SELECT catalog_brand.id, catalog_brand.name, catalog_brand.slug, catalog_brand.created_at, "
    "catalog_brand.updated_at FROM catalog_brand WHERE catalog_brand.id = ? LIMIT ?"
)
