from datetime import UTC, datetime, timedelta

import pytest

from headtohead.errors import ConfigurationError
from headtohead.modes.latency.pair_tally import write_pairs
from headtohead.records.recording import run_directory
from tests.run.factories import pair

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)


def write(results, *, at=NOW, latest="latest", text="whole") -> str:
    with run_directory(at, results=results, latest=latest) as (run_id, directory):
        (directory / "run.json").write_text(text)
        assert not (results / run_id).exists()
    return run_id


def names(results) -> list[str]:
    return sorted(path.name for path in results.iterdir())


def test_run_ids_sort_by_time_and_never_repeat(tmp_path):
    first, second, third = [write(tmp_path, at=at) for at in (NOW, NOW, LATER)]
    assert (first, second) == ("20261123T133000Z", "20261123T133000Z-2")
    assert first < second < third


def test_finished_run_has_its_name_and_is_the_latest(tmp_path):
    one, two = write(tmp_path, text="one"), write(tmp_path, text="two")
    assert (tmp_path / "latest" / "run.json").read_text() == "two"
    assert names(tmp_path) == [one, two, "latest"]


def test_a_run_of_another_kind_leaves_the_latest_as_it_was(tmp_path):
    one, two = write(tmp_path), write(tmp_path, latest="latest-sweep")
    assert (tmp_path / "latest").resolve().name == one
    assert (tmp_path / "latest-sweep").resolve().name == two


def test_interrupted_run_leaves_nothing_and_the_latest_as_it_was(tmp_path):
    one = write(tmp_path)
    with (
        pytest.raises(KeyboardInterrupt),
        run_directory(LATER, results=tmp_path) as (_, directory),
    ):
        (directory / "run.json").write_text("half")
        raise KeyboardInterrupt
    assert names(tmp_path) == [one, "latest"]
    assert (tmp_path / "latest").resolve().name == one


def test_runs_that_begin_in_the_same_second_each_have_a_folder(tmp_path):
    with run_directory(NOW, results=tmp_path) as (one, _):
        two = write(tmp_path)
        assert (tmp_path / "latest").resolve().name == two
    assert (tmp_path / "latest").resolve().name == one
    assert names(tmp_path) == [one, two, "latest"]


@pytest.mark.parametrize("results", ["file", "file/below"])
def test_results_folder_that_is_no_folder_is_refused_with_the_fix(tmp_path, results):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ConfigurationError, match="--results"),
        run_directory(NOW, results=tmp_path / results),
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
