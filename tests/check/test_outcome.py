from pathlib import Path

import pytest

from headtohead.check.outcome import Comparison, Doubling, Outcome
from headtohead.check.snapshot import differences
from headtohead.check.terminal import lines
from headtohead.run.preflight import Finding
from tests.check.factories import executed, queries
from tests.check.test_growth import LINE, grown

SCAN = ("Seq Scan on b",)


def comparison(kept, found, **changes) -> Comparison:
    return Comparison(
        path=Path("queries.json"),
        rows=2000,
        seed=1,
        differences=differences(
            {"e": {"v": kept}}, {"e": {"v": found}}, other_rows=False, other_plans=False
        ),
        **changes,
    )


def told(**outcome) -> str:
    return "\n".join(lines(Outcome(preflights={}, **outcome)))


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (queries(a=1, b=2, c=1), "makes 4 queries, not 3 as in"),
        (queries(a=1, c=2), "makes as many queries (3) but other ones than in"),
        (queries(a=1, b=(2, 0)), "makes 3, then 1 queries, not 3 as in"),
        (queries(executed("b", 2, rows=9), a=1), "reads another number of rows than in"),
        (queries(executed("b", 2, plan=SCAN), a=1), "is answered by other plans than in"),
        (queries(a=1, b=2, body_bytes=90), "answers 90 bytes, not 100 as in"),
    ],
)
def test_other_sql_than_is_kept_fails(found, problem):
    outcome = Outcome(preflights={}, comparison=comparison(queries(a=1, b=2), found))
    (finding,) = outcome.findings
    assert finding.variant == "e/v"
    assert finding.problem == f"{problem} queries.json (2,000 rows, seed 1)"
    assert "--update" in finding.fix


def test_a_server_elsewhere_may_have_other_rows():
    difference = comparison(queries(a=1), queries(a=2), elsewhere=True)
    (finding,) = Outcome(preflights={}, comparison=difference).findings
    assert finding.fix == "give that server these rows, or mend it"


def test_the_sql_is_shown_as_in_a_diff():
    text = told(comparison=comparison(queries(a=1, b=2, d=1), queries(b=4, c=(1, 0), d=1)))
    assert "e/v is not as in queries.json:" in text
    assert "  ~ 2 times, now 4 times: b\n" in text
    assert "  + 1 and then 0 times: c\n" in text
    assert "  - once: a" in text
    assert ": d" not in text


def test_an_n_plus_1_that_was_added_fails_with_its_line_and_the_fix():
    sql = "SELECT b FROM brand WHERE id = ?"
    added = executed(sql, 50, source=LINE)
    outcome = Outcome(preflights={}, comparison=comparison(queries(a=1), queries(added, a=1)))
    (finding,) = outcome.findings
    assert finding.problem == (
        "makes 51 queries, not 1 as in queries.json (2,000 rows, seed 1), "
        "with an N+1 at shop/views.py:12"
    )
    assert finding.fix.startswith("fetch at once what it fetches row by row (select_related")
    assert (
        f"  + 50 times: {sql}\n"
        "      from shop/views.py:12 Products.list\n"
        "      an N+1: select_related or prefetch_related could fetch it at once"
    ) in told(comparison=outcome.comparison)


def test_what_was_an_n_plus_1_before_is_not_called_one_that_was_added():
    one, other = executed("SELECT b", 50, rows=50), executed("SELECT b", 50, rows=49)
    (finding,) = Outcome(
        preflights={}, comparison=comparison(queries(one), queries(other))
    ).findings
    assert "N+1" not in finding.problem
    assert finding.fix.startswith("mend it")


def test_another_plan_is_shown_step_by_step():
    before = ("Limit", "  Index Scan on product using product_name")
    after = ("Limit", "  Seq Scan on product")
    text = told(
        comparison=comparison(
            queries(executed("a", 1, plan=before)), queries(executed("a", 1, plan=after))
        )
    )
    assert (
        "  ~ another plan: a\n"
        "        Limit\n"
        "      -   Index Scan on product using product_name\n"
        "      +   Seq Scan on product"
    ) in text


def test_rows_and_bytes_are_shown_beside_what_was_kept():
    text = told(
        comparison=comparison(
            queries(executed("a", 1, rows=20)), queries(executed("a", 1, rows=1040), body_bytes=99)
        )
    )
    assert "  ~ 100 bytes, now 99\n  ~ 20 rows, now 1,040: a" in text


def test_why_plans_were_not_compared_is_told():
    of_another = comparison(queries(a=1), queries(a=1), other_plans="they are PostgreSQL 17's")
    assert "Plans were not compared: they are PostgreSQL 17's." in told(comparison=of_another)


def test_what_differs_at_rows_of_its_own_is_a_finding():
    finding = Finding(variant="e/v", problem="the body differs", fix="mend it")
    assert Outcome(preflights={}, apart=(finding,)).findings == (finding,)


def test_growing_sql_is_shown_only_where_it_must_not_grow():
    text = told(doubling=Doubling(rows=10, growth=(grown(served=(1, 3)),)))
    assert "When rows double, from 10 to 20:" in text
    assert text.count("+ 2 times: per_row\n      from shop/views.py:12 Products.list") == 1
    assert "+ 150 times" not in text


def test_a_project_without_a_snapshot_is_told_how_to_make_one_and_passes():
    outcome = Outcome(preflights={}, comparison=Comparison(path=Path("queries.json"), exists=False))
    assert "no queries.json to compare the SQL with; `h2h check --update` makes it" in told(
        comparison=outcome.comparison
    )
    assert outcome.findings == ()


def test_variants_that_the_snapshot_lacks_are_named():
    lacking = Comparison(path=Path("queries.json"), not_kept=("e/new",))
    assert "queries.json lacks e/new" in told(comparison=lacking)


def test_without_rows_of_its_own_it_says_that_growth_was_not_checked():
    assert "Growth was not checked: rows at --url are not ours to double." in told(
        comparison=comparison(queries(a=1), queries(a=1))
    )
