"""`python -m benchmarks.validation`: its options in this process, and real trials at night."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.exceptions import TyperException

from benchmarks.validation import __main__ as command
from headtohead.errors import HeadToHeadError
from tests.conftest import ROOT, Project
from tests.processes import interrupted, until

SHORT = ("--runs", "1", "--seconds", "3", "--scenario", "aa-quiet", "--scenario", "busy-10")


@pytest.fixture
def given(monkeypatch):
    """What the trials are asked for by a command with these options."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(command, "write_outputs", lambda *_: None)
    monkeypatch.setattr(command.terminal, "render", lambda *_, **__: None)

    def given(*options: str) -> dict[str, Any]:
        asked: list[dict[str, Any]] = []
        monkeypatch.setattr(
            command, "validate", lambda scope, **others: asked.append({"scope": scope, **others})
        )
        command.application([*options], standalone_mode=False)
        return asked[0]

    return given


def test_options_decide_what_is_tried(given):
    options = ("--runs", "7", "--seconds", "1.5", "--experiment", "product-list/naive")
    asked = given(*options, "--scenario", "busy-5", "--scenario", "aa-quiet", "--seed", "9")
    assert (asked["scope"].runs, asked["scope"].seconds) == (7, 1.5)
    assert asked["scope"].subject.identity == "product-list/naive"
    assert [each.name for each in asked["scope"].scenarios] == ["busy-5", "aa-quiet"]
    assert asked["config"].seed == 9


def test_a_quick_one_is_short_and_lies_apart(given):
    quick = given("--quick")
    assert (quick["scope"].runs, quick["scope"].seconds) == (3, 2.0)
    assert len(quick["scope"].scenarios) < len(given()["scope"].scenarios)
    assert [each.name for each in given("--quick", "--scenario", "busy-5")["scope"].scenarios] == [
        "busy-5"
    ]
    assert quick["output"].name == "validation-quick"
    assert given()["output"] == ROOT / "results" / "validation"
    assert given("--output", "there")["output"] == Path("there")


def test_its_servers_inject_delays_and_are_nobody_elses(given):
    config = given()["config"]
    assert config.settings == "benchmarks.validation.settings"
    assert config.stack_directory == ROOT / ".h2h-validation"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--runs 0", "equal to 1"),
        ("--seconds 0.1", "equal to 0.5"),
        ("--scenario aa-quite", "aa-quiet"),
        ("--experiment product-lost", "did you mean product-list"),
        ("--experiment product-list/joint", "product-list/naive"),
        ("--output pyproject.toml", "--output"),
    ],
)
def test_what_means_nothing_names_its_fix(given, options, says):
    with pytest.raises((HeadToHeadError, TyperException), match=says):
        given(*options.split())


@pytest.fixture
def project(fresh):
    """A project with the validation beside it."""
    folder = fresh.root / "benchmarks" / "validation"
    shutil.copytree(
        ROOT / "benchmarks" / "validation", folder, ignore=shutil.ignore_patterns("__pycache__")
    )
    return fresh


def start(project: Project, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.validation", *options],
        cwd=project.root,
        env={**project.variables(), "H2H_ROWS": "300"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.nightly
def test_validation_takes_what_is_missing_and_judges_everything(project):
    trials = project.root / "short" / "trials"
    first = start(project, *SHORT, "--output", "short")
    printed, told = first.communicate()
    assert first.returncode == 0, told
    assert "False alarms" in printed
    kept = {path.name: path.stat().st_mtime_ns for path in trials.iterdir()}
    assert sorted(kept) == ["aa-quiet-0000.npz", "busy-10-0000.npz"]
    (trials / "busy-10-0000.npz").unlink()

    second = start(project, *SHORT, "--output", "short", "--json")
    record = json.loads(second.communicate()[0])
    assert {path.name for path in trials.iterdir()} == set(kept)
    assert (trials / "aa-quiet-0000.npz").stat().st_mtime_ns == kept["aa-quiet-0000.npz"]
    scenarios = {each["name"]: each for each in record["scenarios"]}
    assert {name: each["trials"] for name, each in scenarios.items()} == {
        "aa-quiet": 1,
        "busy-10": 1,
    }
    assert scenarios["busy-10"]["delay_ms"] >= 0.09 * record["setup"]["median_ms"]
    assert scenarios["busy-10"]["true_ratio"] > 1
    assert record["setup"]["subject"] == "product-detail/cached"
    for name in ("validation.json", "validation.md", "false-alarms.svg", "power.svg"):
        assert (project.root / "short" / name).is_file()


@pytest.mark.nightly
def test_interrupted_validation_keeps_its_finished_trials(project):
    trials = project.root / "stopped" / "trials"
    process = start(project, *SHORT[2:], "--runs", "50", "--output", "stopped")
    until(lambda: list(trials.glob("*.npz")), process=process)
    told = interrupted(process, signal.SIGINT)
    assert told.startswith("h2h: interrupted; finished trials are kept")
    assert list(trials.glob("*.npz"))
    assert not (project.root / "stopped" / "validation.json").exists()
