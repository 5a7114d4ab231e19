from pathlib import Path

import pytest

from headtohead.check.outcome import Comparison, Doubling, Outcome
from headtohead.check.snapshot import differences
from headtohead.check.terminal import lines
from tests.check.factories import queries
from tests.check.test_growth import grown


def comparison(kept, found, **changes) -> Comparison:
    return Comparison(
        path=Path("queries.json"),
        rows=2000,
        seed=1,
        differences=differences({"e": {"v": kept}}, {"e": {"v": found}}, warm_only=False),
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


def test_growing_sql_is_shown_only_where_it_must_not_grow():
    text = told(doubling=Doubling(rows=10, growth=(grown(served=(1, 3)),)))
    assert "When rows double, from 10 to 20:" in text
    assert text.count("+ 2 times: per_row") == 1
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
