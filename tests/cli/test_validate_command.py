"""`h2h aa` and `h2h validate` as a user gives them, on the real stack."""

import json
import signal
import subprocess
import time

import pytest

from tests.conftest import PATIENCE
from tests.test_cli import one_line

SHORT = ("--runs", "1", "--seconds", "5", "--scenario", "aa-quiet", "--scenario", "busy-10")


def test_baseline_against_itself_is_recorded_like_any_run(project):
    # Cheap, so that there are pairs enough however busy the machine is.
    completed = project.h2h("aa", "hot-key", "--budget", "4", "--results", "control")
    assert completed.returncode in {0, 3}, completed.stderr
    assert "unprotected → unprotected again" in completed.stdout
    record = json.loads((project.root / "control" / "latest" / "run.json").read_text())
    (experiment,) = record["experiments"]
    assert [variant["name"] for variant in experiment["variants"]] == [
        "unprotected",
        "unprotected again",
    ]
    # Others on this machine may well take the cores; then it says so, and a false difference that
    # they make is said to be one.
    assert {each["code"] for each in experiment["caveats"]} <= {"busy-machine", "stolen-cores"}
    unusable = any(each["invalidates"] for each in experiment["caveats"])
    if completed.returncode == 3 and not unusable:
        assert "differs from itself" in one_line(completed)
    pairs = project.root / "control" / "latest" / "pairs" / "hot-key.csv"
    assert pairs.read_text().splitlines()[1].startswith("unprotected again,")


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


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--runs", "0"), "--runs"),
        (("--seconds", "0.1"), "--seconds"),
        (("--scenario", "aa-quite"), "aa-quiet"),
        (("--experiment", "produkt-list"), "did you mean product-list"),
        (("--experiment", "product-list/nave"), "product-list/naive"),
        (("--output", "pyproject.toml"), "--output"),
        (("--url", "not an address"), "http://127.0.0.1:8000"),
    ],
)
def test_bad_input_is_one_line_with_the_fix(project, arguments, says):
    completed = project.h2h("validate", "--runs", "1", *arguments)
    assert completed.returncode == 2, completed.stderr
    assert says in one_line(completed)


def test_interrupted_validation_keeps_its_finished_trials(project):
    trials = project.root / "stopped" / "trials"
    command = project.command("validate", *SHORT[2:], "--runs", "50", "--output", "stopped")
    process = subprocess.Popen(
        command,
        cwd=project.root,
        env=project.variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not list(trials.glob("*.npz")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, output + errors
    assert errors.strip().splitlines()[-1].startswith("h2h: interrupted; finished trials are kept")
    assert list(trials.glob("*.npz"))
    assert not (project.root / "stopped" / "validation.json").exists()
