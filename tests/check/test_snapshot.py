import json
from dataclasses import replace

import pytest

from headtohead.check.snapshot import (
    Change,
    Difference,
    Snapshot,
    differences,
    not_kept,
    read_snapshot,
    write_snapshot,
)
from headtohead.errors import ConfigurationError, RecordError
from tests.check.factories import queries

KEPT = {"list": {"naive": queries(a=1, b=50), "prefetched": queries(a=(1, 0))}}
SNAPSHOT = Snapshot(rows=2000, seed=1, experiments=KEPT)


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


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1, "rows": "many"}'])
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
    assert differences(KEPT, KEPT, warm_only=False) == ()


def test_what_was_added_removed_and_repeated_is_told_statement_by_statement():
    found = {"list": {"naive": queries(b=100, c=1), "prefetched": queries(a=(1, 0))}}
    assert differences(KEPT, found, warm_only=False) == (
        Difference(
            experiment="list",
            variant="naive",
            before=(51, 51),
            after=(101, 101),
            changes=(
                Change(sql="b", before=(50, 50), after=(100, 100)),
                Change(sql="c", before=(0, 0), after=(1, 1)),
                Change(sql="a", before=(1, 1), after=(0, 0)),
            ),
        ),
    )


def test_queries_beyond_the_statements_that_are_told_make_a_difference():
    more = replace(KEPT["list"]["naive"], first=52, second=52)
    (difference,) = differences(KEPT, {"list": {"naive": more}}, warm_only=False)
    assert (difference.before, difference.after) == ((51, 51), (52, 52))


def test_first_answers_count_unless_nobody_knows_what_was_cached():
    found = {"list": {"prefetched": queries(a=(0, 0), fill=(1, 0))}}
    assert differences(KEPT, found, warm_only=True) == ()
    (difference,) = differences(KEPT, found, warm_only=False)
    assert {change.sql for change in difference.changes} == {"a", "fill"}


def test_variants_that_are_not_kept_are_named_and_make_no_difference():
    found = {"list": {"new": queries(a=1)}, "other": {"naive": queries(a=1)}}
    assert differences(KEPT, found, warm_only=False) == ()
    assert not_kept(KEPT, found) == ("list/new", "other/naive")
