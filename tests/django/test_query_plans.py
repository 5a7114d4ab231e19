import json
from dataclasses import asdict
from typing import Any

import pytest
from django.db import connection

from headtohead.django.captured_sql import UNREADABLE, Execution
from headtohead.django.query_plans import (
    NoPlanError,
    explain_command,
    plan_of,
    sqlite_tree,
    tree,
)
from headtohead.protocol.explanation import PlanNode

ANALYZED = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)"
PLANNED = "EXPLAIN (FORMAT JSON)"
SECRET = "a secret"


@pytest.mark.parametrize(
    ("sql", "command"),
    [
        ("SELECT a FROM t", ANALYZED),
        ("select a from t;", ANALYZED),
        ("(SELECT a FROM t) UNION (SELECT b FROM t)", ANALYZED),
        ("SELECT a FROM t FOR UPDATE", PLANNED),
        ("SELECT a FROM t FOR NO KEY UPDATE OF t SKIP LOCKED", PLANNED),
        ("SELECT a FROM t FOR SHARE", PLANNED),
        ("SELECT pg_try_advisory_lock(?)", PLANNED),
        ("INSERT INTO t (a) VALUES (?) RETURNING t.id", PLANNED),
        ("UPDATE t SET a = ?", PLANNED),
        ("DELETE FROM t", PLANNED),
        ("WITH gone AS (DELETE FROM t RETURNING a) SELECT a FROM gone", PLANNED),
        ("SAVEPOINT ?", None),
        ("SELECT ?; DELETE FROM t", None),
        ("SELECT a, " + "b, " * 10_000, None),
        (UNREADABLE, None),
    ],
)
def test_only_what_reads_and_locks_nothing_is_executed_again(sql, command):
    assert explain_command(sql) == command


def test_a_tree_adds_up_loops_and_tells_no_value():
    scan = {
        "Node Type": "Seq Scan",
        "Relation Name": "shelf",
        "Filter": "((code)::text = 'a secret'::text)",
        "Output": ["'a secret'"],
        "Plan Rows": 7,
        "Actual Rows": 1.50,
        "Actual Loops": 2,
        "Actual Total Time": 0.25,
        "Rows Removed by Filter": 40,
        "Shared Hit Blocks": 3,
        "Shared Read Blocks": 1,
    }
    loop = {**scan, "Node Type": "Nested Loop", "Actual Loops": 1, "Plans": [scan]}
    del loop["Relation Name"], loop["Filter"], loop["Rows Removed by Filter"]
    (child,) = tree(loop).children
    assert child == PlanNode(
        operation="Seq Scan",
        relation="shelf",
        index="",
        condition="",
        filter="((code)::text = ?::text)",
        loops=2,
        rows=3,
        removed=80,
        ms=0.5,
        blocks=4,
        children=(),
    )
    assert [each.operation for each in tree(loop).nodes()] == ["Nested Loop", "Seq Scan"]


@pytest.mark.parametrize(
    ("steps", "shape"),
    [
        ([(2, 0, "SCAN product")], ["SCAN on product"]),
        ([(2, 0, "SCAN TABLE product AS p")], ["SCAN on product"]),
        (
            [(2, 0, "SEARCH product USING COVERING INDEX by_price (price>?)")],
            ["SEARCH COVERING INDEX on product using by_price"],
        ),
        ([(2, 0, "SCAN product USING INDEX by_price")], ["SCAN INDEX on product using by_price"]),
        (
            [
                (3, 0, "SCAN p"),
                (5, 0, "SEARCH T2 USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"),
                (9, 0, "SEARCH c USING AUTOMATIC COVERING INDEX (name=?)"),
                (18, 0, "USE TEMP B-TREE FOR ORDER BY"),
            ],
            [
                "QUERY PLAN",
                "  SCAN on p",
                "  SEARCH INTEGER PRIMARY KEY LEFT-JOIN on T2",
                "  SEARCH AUTOMATIC COVERING INDEX on c",
                "  USE TEMP B-TREE FOR ORDER BY",
            ],
        ),
        (
            [
                (3, 0, "SEARCH product USING INDEX by_category (category_id=?)"),
                (7, 0, "LIST SUBQUERY 1"),
                (9, 7, "SCAN category"),
            ],
            [
                "QUERY PLAN",
                "  SEARCH INDEX on product using by_category",
                "  LIST SUBQUERY ?",
                "    SCAN on category",
            ],
        ),
        ([(1, 0, "SCAN 2 CONSTANT ROWS")], ["SCAN ? CONSTANT ROWS"]),
    ],
)
def test_the_steps_of_sqlite_become_a_tree_without_numbers_of_rows(steps, shape):
    plan = sqlite_tree(steps)
    assert list(plan.shape) == shape
    assert {(each.loops, each.rows, each.ms) for each in plan.nodes()} == {(None, None, None)}


def test_what_sqlite_looks_for_is_told_without_values():
    text = "SEARCH book USING INDEX book_author (author_id=? AND price>?)"
    plan = sqlite_tree([(3, 0, text)])
    assert (plan.relation, plan.index) == ("book", "book_author")
    assert plan.condition == "author_id=? AND price>?"


@pytest.fixture
def shelf(db) -> None:
    """A table of its own, without an index: a thousand rows of which one has the secret."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE shelf (id integer, code text)")
        cursor.execute("INSERT INTO shelf SELECT n, n FROM generate_series(1, 999) n")
        cursor.execute("INSERT INTO shelf VALUES (1000, %s)", [SECRET])


def execution(sql: str, *parameters: Any, many: bool = False) -> Execution:
    return Execution(
        sql=sql, parameters=parameters, many=many, alias=connection.alias, rows=0, location=None
    )


def value_of(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_a_select_is_executed_with_its_values_which_stay_on_the_server(shelf):
    plan = plan_of(execution("SELECT id FROM shelf WHERE code = %s AND id <> 1", SECRET))
    assert (plan.operation, plan.relation) == ("Seq Scan", "shelf")
    assert (plan.rows, plan.removed, plan.loops) == (1, 999, 1)
    assert plan.ms > 0
    assert plan.blocks > 0
    assert plan.filter == "((id <> ?) AND (code = ?::text))"
    assert SECRET not in json.dumps(asdict(plan))


def test_what_writes_is_only_planned(shelf):
    plan = plan_of(execution("UPDATE shelf SET code = %s", "other"))
    assert (plan.operation, plan.loops, plan.ms) == ("ModifyTable", None, None)
    assert value_of("SELECT count(*) FROM shelf WHERE code = 'other'") == 0


def test_what_locks_is_only_planned(shelf):
    plan = plan_of(execution("SELECT id FROM shelf FOR UPDATE"))
    assert plan.loops is None


def test_a_select_that_writes_is_refused_by_the_database(shelf):
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE numbers")
    with pytest.raises(NoPlanError, match=r"refuses to explain it \(ReadOnlySqlTransaction\)"):
        plan_of(execution("SELECT nextval('numbers')"))
    assert value_of("SELECT nextval('numbers')") == 1


def test_why_the_database_refuses_is_told_without_values(shelf):
    with pytest.raises(NoPlanError) as refused:
        plan_of(execution("SELECT CAST(%s AS integer)", SECRET))
    assert SECRET not in str(refused.value)
    assert value_of("SELECT 1") == 1


def test_what_explain_does_not_take_is_said(db):
    with pytest.raises(NoPlanError, match="EXPLAIN does not take it"):
        plan_of(execution('SAVEPOINT "s1_x1"'))
    with pytest.raises(NoPlanError, match="EXPLAIN does not take it"):
        plan_of(execution("SELECT %s", [1], [2], many=True))
