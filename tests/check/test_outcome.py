from dataclasses import replace
from pathlib import Path

import pytest

from headtohead.check.equal_answers import Problem
from headtohead.check.outcome import Doubling, Outcome, SnapshotComparison, n_plus_1
from headtohead.check.sql_snapshot import SqlChange, differences
from tests.check.factories import executed, queries
from tests.check.test_query_growth import LINE, grown

SCAN = ("Seq Scan on b",)


def comparison(kept, found, **changes) -> SnapshotComparison:
    return SnapshotComparison(
        path=Path("queries.json"),
        rows=2000,
        seed=1,
        differences=differences(
            {"e": {"v": kept}}, {"e": {"v": found}}, other_rows=False, other_plans=False
        ),
        **changes,
    )


def fails(kept, found, **changes):
    """The one finding on a variant that takes something else than is kept."""
    outcome = Outcome(preflights={}, comparison=comparison(kept, found, **changes))
    (finding,) = outcome.findings
    assert finding.variant == "e/v"
    return finding


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(queries(a=1, b=2, c=1), id="one more"),
        pytest.param(queries(a=1, c=2), id="another one"),
        pytest.param(queries(a=1, b=(2, 0)), id="fewer in the second answer"),
        pytest.param(queries(executed("b", 2, rows=9), a=1), id="more rows"),
        pytest.param(queries(executed("b", 2, plan=SCAN), a=1), id="another plan"),
        pytest.param(queries(a=1, b=2, body_bytes=90), id="another length"),
    ],
)
def test_other_sql_than_is_kept_fails(found):
    assert "--update" in fails(queries(a=1, b=2), found).fix
    assert comparison(found, found).differences == ()


def test_a_server_elsewhere_may_have_other_rows_so_nothing_is_to_be_kept_anew():
    assert "--update" not in fails(queries(a=1), queries(a=2), elsewhere=True).fix


def test_an_n_plus_1_that_was_added_fails_with_its_line_before_the_others():
    other = executed("SELECT a", 2, source=replace(LINE, line=99))
    added = executed("SELECT b FROM brand WHERE id = ?", 50, source=LINE)
    finding = fails(queries(), queries(other, added))
    assert finding.source == LINE
    assert fails(queries(), queries(other)).source == other.source


@pytest.mark.parametrize(
    ("before", "after", "is_one"),
    [(1, 50, True), (50, 51, True), (50, 49, False), (50, 50, False), (0, 4, False)],
)
def test_only_what_is_repeated_more_often_than_before_is_an_n_plus_1(before, after, is_one):
    change = SqlChange(before=executed("SELECT b", before), after=executed("SELECT b", after))
    assert n_plus_1(change) is is_one


def test_what_differs_at_rows_of_its_own_is_a_finding():
    finding = Problem(variant="e/v", problem="the body differs", fix="mend it")
    assert Outcome(preflights={}, apart=(finding,)).findings == (finding,)


@pytest.mark.parametrize("changes", [{"exists": False}, {"not_kept": ("e/new",)}])
def test_what_is_not_kept_yet_is_told_and_passes(changes):
    outcome = Outcome(
        preflights={}, comparison=SnapshotComparison(path=Path("queries.json"), **changes)
    )
    assert outcome.findings == ()


def test_growing_sql_fails_only_where_it_must_not_grow():
    outcome = Outcome(preflights={}, doubling=Doubling(rows=10, growth=(grown(served=(1, 3)),)))
    assert [each.variant for each in outcome.findings] == ["product-list/prefetched"]
