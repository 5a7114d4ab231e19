import json
from dataclasses import replace

import pytest

from headtohead.check.sql_snapshot import (
    Difference,
    Snapshot,
    SqlChange,
    differences,
    not_kept,
    read_snapshot,
    write_snapshot,
)
from headtohead.errors import ConfigurationError, RecordError
from headtohead.protocol.explanation import Location
from tests.check.factories import executed, queries

SCAN = ("Limit", "  Seq Scan on a")
KEPT = {
    "list": {
        "naive": queries(executed("a", 1, rows=20, plan=SCAN), b=50),
        "prefetched": queries(a=(1, 0)),
    }
}
SNAPSHOT = Snapshot(rows=2000, seed=1, postgresql="18", experiments=KEPT)
SAME = {"other_rows": False, "other_plans": False}


def test_snapshot_round_trip(tmp_path):
    path = tmp_path / "queries.json"
    write_snapshot(SNAPSHOT, path)
    assert read_snapshot(path) == SNAPSHOT
    assert [each.name for each in tmp_path.iterdir()] == ["queries.json"]


def test_experiments_are_kept_by_name_whatever_was_checked_last(tmp_path):
    path = tmp_path / "queries.json"
    write_snapshot(Snapshot(rows=1, seed=1, experiments={"b": {}, "a": {}}), path)
    assert list(json.loads(path.read_text())["experiments"]) == ["a", "b"]


def test_no_snapshot_is_no_error(tmp_path):
    assert read_snapshot(tmp_path / "queries.json") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 2, "rows": "many"}'])
def test_what_is_no_snapshot_is_refused_with_the_way_out(tmp_path, text):
    path = tmp_path / "queries.json"
    path.write_text(text)
    with pytest.raises(RecordError, match="no snapshot of SQL.*h2h check --update"):
        read_snapshot(path)


def test_a_newer_snapshot_is_refused(tmp_path):
    path = tmp_path / "queries.json"
    write_snapshot(Snapshot(schema=9, rows=1, seed=1, experiments={}), path)
    with pytest.raises(RecordError, match="schema 9.*upgrade headtohead"):
        read_snapshot(path)


def test_a_snapshot_that_cannot_be_written_is_one_clear_error(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be written.*`snapshot`"):
        write_snapshot(SNAPSHOT, tmp_path / "missing" / "queries.json")


def test_equal_sql_makes_no_difference():
    assert differences(KEPT, KEPT, **SAME) == ()


def test_what_was_added_removed_and_repeated_is_told_statement_by_statement():
    found = {"list": {"naive": queries(b=100, c=1), "prefetched": queries(a=(1, 0))}}
    assert differences(KEPT, found, **SAME) == (
        Difference(
            experiment="list",
            variant="naive",
            before=(51, 51),
            after=(101, 101),
            bytes_before=100,
            bytes_after=100,
            changes=(
                SqlChange(before=executed("b", 50), after=executed("b", 100)),
                SqlChange(before=executed("c", 0), after=executed("c", 1)),
                SqlChange(before=executed("a", 1, rows=20, plan=SCAN), after=executed("a", 0)),
            ),
        ),
    )


def test_queries_beyond_the_statements_that_are_told_make_a_difference():
    more = replace(KEPT["list"]["naive"], first=52, second=52)
    (difference,) = differences(KEPT, {"list": {"naive": more}}, **SAME)
    assert (difference.before, difference.after) == ((51, 51), (52, 52))


def test_first_answers_count_unless_nobody_knows_what_was_cached():
    found = {"list": {"prefetched": queries(a=(0, 0), fill=(1, 0))}}
    assert differences(KEPT, found, other_rows=True, other_plans=False) == ()
    (difference,) = differences(KEPT, found, **SAME)
    assert {change.after.sql for change in difference.changes} == {"a", "fill"}


def with_a(**changes):
    return {
        "list": {"naive": queries(executed("a", 1, **{"rows": 20, "plan": SCAN} | changes), b=50)}
    }


def test_lines_of_code_are_not_kept_and_make_no_difference(tmp_path):
    found = with_a(source=Location(path="shop/views.py", line=12, function="list"))
    assert differences(KEPT, found, **SAME) == ()
    path = tmp_path / "queries.json"
    write_snapshot(replace(SNAPSHOT, experiments=found), path)
    assert "shop/views.py" not in path.read_text()
    assert read_snapshot(path).experiments == with_a()


def test_a_plan_is_kept_line_by_line(tmp_path):
    write_snapshot(SNAPSHOT, tmp_path / "queries.json")
    lines = [line.strip() for line in (tmp_path / "queries.json").read_text().splitlines()]
    assert '"  Seq Scan on a"' in lines


@pytest.mark.parametrize("changes", [{"rows": 21}, {"plan": ("Seq Scan on a",)}])
def test_rows_and_plans_are_compared_where_rows_are_the_same(changes):
    found = with_a(**changes)
    (difference,) = differences(KEPT, found, **SAME)
    assert [change.after.sql for change in difference.changes] == ["a"]
    assert differences(KEPT, found, other_rows=True, other_plans=False) == ()


def test_plans_of_another_version_are_left_out():
    found = with_a(plan=("Seq Scan on a",))
    assert differences(KEPT, found, other_rows=False, other_plans=True) == ()


def test_the_length_of_an_answer_is_compared_where_rows_are_the_same():
    found = {"list": {"prefetched": replace(queries(a=(1, 0)), body_bytes=101)}}
    (difference,) = differences(KEPT, found, **SAME)
    assert (difference.bytes_before, difference.bytes_after) == (100, 101)
    assert differences(KEPT, found, other_rows=True, other_plans=False) == ()


def test_variants_that_are_not_kept_are_named_and_make_no_difference():
    found = {"list": {"new": queries(a=1)}, "other": {"naive": queries(a=1)}}
    assert differences(KEPT, found, **SAME) == ()
    assert not_kept(KEPT, found) == ("list/new", "other/naive")
