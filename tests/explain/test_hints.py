import pytest

from headtohead.explain.hints import hints_of, indexable_columns
from headtohead.protocol.explanation import PlanNode, Statement
from tests.explaining import node


def hints(
    plan: PlanNode | None = None, *, sql: str = "SELECT a", times: int = 1
) -> tuple[str, ...]:
    return hints_of(Statement(sql=sql, times=times), plan)


@pytest.mark.parametrize(
    ("sql", "times", "told"),
    [
        ("SELECT a FROM t WHERE id = ?", 5, True),
        ("SELECT a FROM t WHERE id = ?", 4, False),
        ("SAVEPOINT ?", 50, False),
        ("INSERT INTO t (a) VALUES (?)", 50, False),
    ],
)
def test_a_select_that_is_repeated_is_an_n_plus_1(sql, times, told):
    assert len(hints(sql=sql, times=times)) == told


def test_a_scan_that_drops_most_of_much_misses_an_index():
    (hint,) = hints(node())
    assert "review (rating)" in hint


def test_it_is_found_wherever_it_is_in_the_plan_and_told_once():
    plan = node(operation="Hash Join", filter="", children=(node(operation="Hash"), node(), node()))
    assert hints(plan) == hints(node())


@pytest.mark.parametrize(
    "changes",
    [
        {"rows": 10, "removed": 900},  # a small table
        {"rows": 2000, "removed": 8000},  # much is kept
        {"rows": 0, "removed": 9990, "loops": 100},  # a small table, read often
        {"loops": 0, "rows": 0, "removed": 0},
        {"loops": None, "rows": 10, "removed": 0, "ms": None},
        {"filter": ""},
        {"operation": "Index Scan", "index": "review_pkey"},
    ],
)
def test_what_an_index_would_not_help_gets_no_hint(changes):
    assert hints(node(**changes)) == ()


def test_a_filter_that_no_plain_index_serves_is_quoted_instead():
    condition = "(strpos(upper((name)::text), ?::text) > ?)"
    (hint,) = hints(node(filter=condition))
    assert condition in hint


@pytest.mark.parametrize(
    ("condition", "columns"),
    [
        ("(rating >= ?)", ("rating",)),
        ("((status)::text = ?::text)", ("status",)),
        ("((review.rating >= ?) AND (review.product_id = p.id))", ("rating", "product_id")),
        ("(id = ANY (?::bigint[]))", ("id",)),
        ('("Mixed Case" < ?)', ('"Mixed Case"',)),
        ("((a >= ?) AND (a <= ?))", ("a",)),
        ("(length(name) > ?)", ()),
        ("((a + b) > ?)", ()),
        ("((name)::text ~~ ?::text)", ()),
        ("((a = ?) OR (b = ?))", ()),
        ("(NOT hidden)", ()),
        ("(a <> ?)", ()),
        ("(a < b)", ()),
    ],
)
def test_columns_are_those_that_a_plain_index_could_look_up(condition, columns):
    assert indexable_columns(condition) == columns
