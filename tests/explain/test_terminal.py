from headtohead.explain.terminal import lines, plan_lines
from headtohead.run.explanation import in_order
from tests.explaining import detail, explanation, node, source


def test_a_variant_shows_each_statement_with_its_code_its_plan_and_hints():
    variant = in_order(
        explanation(
            **{
                "SAVEPOINT ?": (1, detail()),
                "SELECT a": (6, detail(source(12, 4), source(30, 2), plan=node(filter=""))),
                "SELECT b": (1, detail(source(40, 1), plan=node(filter=""))),
            }
        )
    )
    assert list(lines([variant])) == [
        "product-list/naive: 8 queries",
        "  6 times: SELECT a",
        "    from shop/views.py:12 Products.list (4 times)",
        "    from shop/views.py:30 Products.list (2 times)",
        "    Seq Scan on review: 10 rows, 9,990 dropped, 1.23 ms",
        (
            "    hint: N+1: the same SELECT 6 times; "
            "select_related or prefetch_related could fetch it at once"
        ),
        "  once: SAVEPOINT ?",
        "    no plan: EXPLAIN does not take it",
        "  once: SELECT b",
        "    from shop/views.py:40 Products.list",
        "    Seq Scan on review: 10 rows, 9,990 dropped, 1.23 ms",
    ]


def test_a_plan_is_a_tree():
    inner = node(
        operation="Index Scan",
        relation="product",
        index="product_pkey",
        condition="(id = ?)",
        filter="(stock > ?)",
        loops=10,
        rows=1,
        removed=0,
    )
    plan = node(operation="Nested Loop", relation="", filter="", removed=0, children=(inner,))
    assert list(plan_lines(plan)) == [
        "Nested Loop: 10 rows, 1.23 ms",
        (
            "  Index Scan on product using product_pkey where (id = ?) and (stock > ?): "
            "1 row, in 10 loops, 1.23 ms"
        ),
    ]


def test_what_was_not_executed_says_so():
    planned = node(loops=None, ms=None, rows=7, removed=0, filter="")
    assert list(plan_lines(planned)) == ["Seq Scan on review: about 7 rows, not executed"]
    skipped = node(loops=0, ms=0.0, rows=0, removed=0, filter="")
    assert list(plan_lines(skipped)) == ["Seq Scan on review: never executed"]
