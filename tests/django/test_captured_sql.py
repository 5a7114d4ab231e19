from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from headtohead.django import query_plans
from headtohead.django.captured_sql import (
    MOST_STATEMENTS,
    UNREADABLE,
    Execution,
    counted,
    normalised,
)
from headtohead.django.middleware import MeasurementMiddleware
from headtohead.django.query_plans import MOST_PLANS
from headtohead.explain.request import read_explanation
from headtohead.protocol.explanation import BAGGAGE_STATEMENTS, DETAILED, Explanation, Statement
from headtohead.protocol.headers import TOKEN_HEADER
from tests.django.test_middleware import NAIVE, ON, count, respond


@pytest.mark.parametrize(
    ("sql", "normal"),
    [
        ('SELECT "shop"."id" FROM "shop" LIMIT 21', "SELECT shop.id FROM shop LIMIT ?"),
        ('SELECT "Order Items"."Id" FROM t', 'SELECT "Order Items"."Id" FROM t'),
        ("SELECT 1  -- why\n/* not */ FROM\n\tt", "SELECT ? FROM t"),
        ("a IN (%s, %s,%s) AND b in (%s)", "a IN (...) AND b IN (...)"),
        ("WHERE a = 'it''s' OR b = $$x$$ OR c > -1.5e3", "WHERE a = ? OR b = ? OR c > ?"),
        ("INSERT INTO t (a) VALUES (%s, 1), (%s, 1)", "INSERT INTO t (a) VALUES (?, ?)"),
        ("GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5", "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"),
        ("COALESCE(%s, %(name)s)", "COALESCE(?, ?)"),
        ('SAVEPOINT "s140123_x7"', "SAVEPOINT ?"),
    ],
)
def test_values_and_looks_make_no_difference(sql, normal):
    assert normalised(sql) == normal


@pytest.mark.parametrize("sql", ["SELECT 'open", r"SELECT 'C:\', 'hidden'"])
def test_a_text_whose_quotes_do_not_add_up_is_not_told(sql):
    assert normalised(sql) == UNREADABLE


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
def test_what_is_written_between_quotes_never_gets_out(secret):
    quoted = secret.replace("'", "''")
    assert normalised(f"SELECT '{quoted}'") in {"SELECT ?", UNREADABLE}


def execution(sql: str, *, rows: int = 0) -> Execution:
    return Execution(
        sql=sql, parameters=None, many=False, alias="default", rows=rows, location=None
    )


def test_distinct_statements_and_their_rows_are_counted_in_the_order_they_came():
    statements = ["SELECT 2 FROM b", "SELECT 1 FROM a", "SELECT 3 FROM b", "SELECT 2 FROM b"]
    assert counted([execution(sql, rows=10) for sql in statements]) == (
        Statement(sql="SELECT ? FROM b", times=3, rows=30),
        Statement(sql="SELECT ? FROM a", times=1, rows=10),
    )


def test_what_is_told_is_bounded():
    many = [execution(f"UPDATE t{'x' * number}") for number in range(MOST_STATEMENTS + 100)]
    told = counted(many)
    assert len(told) == MOST_STATEMENTS
    assert len(normalised("SELECT " + "a, " * 10_000)) < 20_000


def query(request) -> HttpResponse:
    with connection.cursor() as cursor:
        for number in (1, 2):
            cursor.execute("SELECT %s, 'in the text'", [f"parameter {number}"])
    return HttpResponse("the answer", status=201)


def ask_for_statements(**headers: str) -> HttpResponse:
    return respond(query, baggage=f"{NAIVE},{BAGGAGE_STATEMENTS}=1", **headers)


def test_an_authorised_request_gets_the_sql_in_place_of_the_answer(settings, db):
    settings.HEADTOHEAD = ON
    assert read_explanation(ask_for_statements(**{TOKEN_HEADER: "secret"}).content) == Explanation(
        variant="",  # this view calls no seam
        status=201,
        queries=2,
        statements=(Statement(sql="SELECT ?, ?", times=2, rows=2),),
    )


def write_and_fail(request) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE shelf (id integer)")
        cursor.execute("INSERT INTO shelf SELECT generate_series(1, 7)")
        cursor.execute("UPDATE shelf SET id = id + 1 WHERE id > 2")
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("SELECT nothing FROM shelf")
    return HttpResponse()


def test_rows_are_those_returned_or_changed_and_none_of_what_failed(settings, db):
    settings.HEADTOHEAD = ON
    response = respond(
        write_and_fail,
        baggage=f"{NAIVE},{BAGGAGE_STATEMENTS}=1",
        **{TOKEN_HEADER: "secret"},
    )
    rows = {
        each.sql.split()[0]: each.rows for each in read_explanation(response.content).statements
    }
    assert (rows["INSERT"], rows["UPDATE"], rows["SELECT"]) == (7, 5, 0)


def test_values_stay_on_the_server(settings, db):
    settings.HEADTOHEAD = ON
    content = ask_for_statements(**{TOKEN_HEADER: "secret"}).content
    assert b"parameter" not in content
    assert b"in the text" not in content


def test_a_streamed_answer_is_consumed_for_the_queries_it_makes_on_the_way(settings, db):
    settings.HEADTOHEAD = ON
    response = respond(
        lambda request: StreamingHttpResponse(query(request) for _ in range(3)),
        baggage=f"{NAIVE},{BAGGAGE_STATEMENTS}=1",
        **{TOKEN_HEADER: "secret"},
    )
    assert read_explanation(response.content).queries == 6


@pytest.mark.parametrize("token", ["", "wrong"])
def test_anybody_else_gets_the_answer(settings, db, token):
    settings.HEADTOHEAD = ON
    assert ask_for_statements(**{TOKEN_HEADER: token}).content == b"the answer"


def test_where_experiments_are_off_nobody_gets_sql(settings, db):
    settings.HEADTOHEAD = {**ON, "EXPERIMENTS": False}
    assert ask_for_statements(**{TOKEN_HEADER: "secret"}).content == b"the answer"


def test_an_explained_request_counts_in_no_metric(settings, db):
    settings.HEADTOHEAD = ON
    before = count("product-list", "naive")
    ask_for_statements(**{TOKEN_HEADER: "secret"})
    assert count("product-list", "naive") == before


def ask_in_detail(view=query) -> Explanation:
    baggage = f"{NAIVE},{BAGGAGE_STATEMENTS}={DETAILED}"
    response = respond(view, baggage=baggage, **{TOKEN_HEADER: "secret"})
    return read_explanation(response.content)


def test_in_detail_each_statement_comes_with_the_code_that_issued_it(settings, db):
    settings.HEADTOHEAD = ON
    explanation = ask_in_detail()
    (detail,) = explanation.details
    (source,) = detail.sources
    assert source.times == 2
    assert source.location.path.endswith("tests/django/test_captured_sql.py")
    assert source.location.function == "query"
    line = Path(__file__).read_text().splitlines()[source.location.line - 1]
    assert "cursor.execute" in line


def test_in_detail_each_statement_comes_with_its_plan_which_counts_as_no_query(settings, db):
    settings.HEADTOHEAD = ON
    explanation = ask_in_detail()
    (detail,) = explanation.details
    assert detail.without_plan == ""
    assert (detail.plan.operation, detail.plan.rows) == ("Result", 1)
    assert detail.without_plan == ""
    assert explanation.queries == 2
    assert explanation.statements == (Statement(sql="SELECT ?, ?", times=2, rows=2),)


def test_plans_of_very_many_statements_are_bounded(settings, db):
    def various(request) -> HttpResponse:
        with connection.cursor() as cursor:
            for number in range(MOST_PLANS + 1):
                cursor.execute(f"SELECT 1 AS a{number}")
        return HttpResponse()

    settings.HEADTOHEAD = ON
    *explained, last = ask_in_detail(various).details
    assert all(each.plan for each in explained)
    assert last.plan is None
    assert "there are 50 plans already" in last.without_plan


def test_a_client_does_not_wait_for_plans_forever(settings, db, monkeypatch):
    settings.HEADTOHEAD = ON
    monkeypatch.setattr(query_plans, "PLANNING_SECONDS", 0)
    (detail,) = ask_in_detail().details
    assert detail.plan is None
    assert detail.sources
    assert "or they took" in detail.without_plan


def test_nobody_pays_for_details_without_asking(settings, db):
    settings.HEADTOHEAD = ON
    told = read_explanation(ask_for_statements(**{TOKEN_HEADER: "secret"}).content)
    assert told.details == ()


def test_a_post_writes_once_and_its_writes_are_only_planned(settings, db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE shelf (id integer)")

        def write(request) -> HttpResponse:
            cursor.execute("INSERT INTO shelf VALUES (1)")
            cursor.execute("SELECT id FROM shelf FOR UPDATE")
            cursor.execute("SELECT id FROM shelf")
            return HttpResponse(status=201)

        settings.HEADTOHEAD = ON
        headers = {
            "baggage": f"{NAIVE},{BAGGAGE_STATEMENTS}={DETAILED}",
            TOKEN_HEADER: "secret",
        }
        request = RequestFactory().post("/", headers=headers)
        explanation = read_explanation(MeasurementMiddleware(write)(request).content)
        inserted, locked, read = (each.plan for each in explanation.details)
        assert (inserted.loops, locked.loops, read.loops) == (None, None, 1)
        # Plans come last, so this is how many rows were inserted by them too.
        assert read.rows == 1
