"""What people read of an explained run."""

from headtohead.explain.report import brief
from headtohead.explain.request import in_order
from headtohead.report.terminal import render
from tests.explaining import detail, explanation, naive, node, prefetched, source
from tests.golden import Golden, printed

INNER = node(
    operation="Index Scan",
    relation="product",
    index="product_pkey",
    condition="(id = ?)",
    filter="(stock > ?)",
    loops=10,
    rows=1,
    removed=0,
)
PLANS = {
    "SELECT tree": node(operation="Nested Loop", relation="", filter="", children=(INNER,)),
    "SELECT planned": node(loops=None, ms=None, rows=7, removed=0, filter=""),
    "SELECT skipped": node(loops=0, ms=0.0, rows=0, removed=0, filter=""),
    "SELECT expression": node(filter="(upper(name) = ?)"),
}


def test_terminal(golden: Golden) -> None:
    others = in_order(
        explanation(
            **{sql: (1, detail(source(40, 1), plan=plan)) for sql, plan in PLANS.items()},
        )
    )
    golden("explain.txt", printed(render, brief([naive(), prefetched(), others]), width=80))
