"""`h2h validate` as a user gives it, on the real stack."""

import signal

import pytest

from tests.processes import interrupted, until

SHORT = ("--runs", "1", "--seconds", "3", "--scenario", "aa-quiet", "--scenario", "busy-10")


@pytest.mark.nightly
def test_validation_takes_what_is_missing_and_judges_everything(project):
    trials = project.root / "short" / "trials"
    first = project.h2h("validate", *SHORT, "--output", "short")
    assert first.returncode == 0, first.stderr
    assert "False alarms" in first.stdout
    kept = {path.name: path.stat().st_mtime_ns for path in trials.iterdir()}
    assert sorted(kept) == ["aa-quiet-0000.npz", "busy-10-0000.npz"]
    (trials / "busy-10-0000.npz").unlink()

    record = project.json("validate", *SHORT, "--output", "short")
    assert {path.name for path in trials.iterdir()} == set(kept)
    assert (trials / "aa-quiet-0000.npz").stat().st_mtime_ns == kept["aa-quiet-0000.npz"]
    scenarios = {each["name"]: each for each in record["scenarios"]}
    assert {name: each["trials"] for name, each in scenarios.items()} == {
        "aa-quiet": 1,
        "busy-10": 1,
    }
    assert scenarios["busy-10"]["handicap_ms"] >= 0.09 * record["setup"]["median_ms"]
    assert scenarios["busy-10"]["true_ratio"] > 1
    assert record["setup"]["subject"] == "product-detail/cached"
    for name in ("validation.json", "validation.md", "false-alarms.svg", "power.svg"):
        assert (project.root / "short" / name).is_file()


@pytest.mark.nightly
def test_interrupted_validation_keeps_its_finished_trials(project):
    trials = project.root / "stopped" / "trials"
    process = project.start("validate", *SHORT[2:], "--runs", "50", "--output", "stopped")
    until(lambda: list(trials.glob("*.npz")), process=process)
    told = interrupted(process, signal.SIGINT)
    assert told.startswith("h2h: interrupted; finished trials are kept")
    assert list(trials.glob("*.npz"))
    assert not (project.root / "stopped" / "validation.json").exists()
