from datetime import UTC, datetime

import pytest

from headtohead.errors import ConfigurationError
from headtohead.run.results import new_run_id, run_directory, write_pairs
from tests.run.factories import pair

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


def test_run_ids_sort_by_time_and_never_repeat(tmp_path):
    first = new_run_id(NOW, results=tmp_path)
    with run_directory(first, results=tmp_path):
        second = new_run_id(NOW, results=tmp_path)
    assert (first, second) == ("20261123T133000Z", "20261123T133000Z-2")


def test_finished_run_has_its_name_and_is_the_latest(tmp_path):
    for run_id in ("one", "two"):
        with run_directory(run_id, results=tmp_path) as directory:
            (directory / "run.json").write_text(run_id)
            assert not (tmp_path / run_id).exists()
    assert (tmp_path / "latest" / "run.json").read_text() == "two"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "one", "two"]


def test_a_run_of_another_kind_leaves_the_latest_as_it_was(tmp_path):
    with run_directory("one", results=tmp_path):
        pass
    with run_directory("two", results=tmp_path, latest="latest-sweep"):
        pass
    assert (tmp_path / "latest").resolve().name == "one"
    assert (tmp_path / "latest-sweep").resolve().name == "two"


def test_interrupted_run_leaves_nothing_and_the_latest_as_it_was(tmp_path):
    with run_directory("one", results=tmp_path):
        pass
    with pytest.raises(KeyboardInterrupt), run_directory("two", results=tmp_path) as directory:
        (directory / "run.json").write_text("half")
        raise KeyboardInterrupt
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "one"]
    assert (tmp_path / "latest").resolve().name == "one"


def test_results_folder_that_is_no_folder_is_refused_with_the_fix(tmp_path):
    (tmp_path / "results").write_text("")
    with (
        pytest.raises(ConfigurationError, match="--results"),
        run_directory("one", results=tmp_path / "results"),
    ):
        pass


def test_raw_pairs_are_kept_as_they_were_taken(tmp_path):
    path = tmp_path / "pairs" / "e.csv"
    write_pairs(
        path, [pair(variant_washed=1.2), pair(variant=1, error="500")], variants=["other", "third"]
    )
    header, first, second = path.read_text().splitlines()
    assert header == (
        "variant,first,started,baseline_ms,variant_ms,"
        "baseline_washout_ms,variant_washout_ms,baseline_error,variant_error"
    )
    assert first == "other,baseline,1700000000.000000,10.000000,5.000000,10.000000,6.000000,,"
    assert second == "third,baseline,1700000000.000000,10.000000,5.000000,10.000000,5.000000,,500"
