"""Two revisions of a small suite, run for real."""

import json
import signal
import subprocess

import pytest

from headtohead.bench.instructions import can_count
from tests.conftest import Project
from tests.processes import interrupted, until

pytestmark = pytest.mark.revisions

SUITE = """
import os
import time
from pathlib import Path

import pytest


def work(times):
    return sum(range(times))


def test_same(benchmark):
    benchmark(work, 3000)


def test_changed(benchmark):
    benchmark(work, {times})


def test_only_{name}(benchmark):
    benchmark(work, 10)


def test_wrong_{name}(benchmark):
    assert benchmark(work, 10) == "{name}"


@pytest.fixture
def server():
    folder = Path(os.environ["TOLD_IN"])
    (folder / "started").touch()
    yield
    (folder / "started").rename(folder / "stopped")


def test_slow_with_a_server(benchmark, server):
    benchmark(time.sleep, 0.05 if "{name}" == "before" else 60)
"""

# Plugins that this suite does not need take half of a process' time.
PLUGINS = ("anyio", "django", "hypothesispytest", "locust", "schemathesis", "xdist")
SETTINGS = f"""
[tool.headtohead]
[tool.pytest.ini_options]
addopts = "{" ".join(f"-p no:{plugin}" for plugin in PLUGINS)}"
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """A project whose second commit makes a benchmark take so long that nobody can miss it."""
    folder = tmp_path_factory.mktemp("bench") / "project"
    (folder / "benchmarks").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(SETTINGS)
    (folder / ".gitignore").write_text("__pycache__/\n.h2h/\nresults/\n.benchmarks/\n")

    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
            cwd=folder,
            check=True,
            capture_output=True,
        )

    git("init", "--quiet")
    for times, name in ((3000, "before"), (120_000, "after")):
        text = SUITE.format(times=times, name=name)
        (folder / "benchmarks" / "test_work.py").write_text(text)
        git("add", "--all")
        git("commit", "--quiet", "--message", f"Work {name}")
    return Project(root=folder)


def test_what_takes_longer_is_found_and_what_only_one_revision_has_is_told(suite):
    record = suite.json(
        *("bench", "HEAD~1", "--rounds", "4", "--margin", "0.5", "-k", "not slow"),
        "--no-instructions",
    )
    found = {each["name"].rpartition("::")[2]: each for each in record["benchmarks"]}
    assert found.keys() == {"test_same", "test_changed"}
    assert found["test_changed"]["ratio"] == pytest.approx(40, rel=0.5)
    assert found["test_changed"]["verdict"].startswith("slower")
    assert not found["test_same"]["verdict"].startswith("slower, s")
    assert {each["name"].rpartition("::")[2]: each["reason"] for each in record["left_out"]} == {
        "test_only_before": "only base has it, or it fails at head",
        "test_only_after": "only head has it, or it fails at base",
    }
    kept = json.loads((suite.root / "results" / "latest-bench" / "bench.json").read_text())
    assert kept == record
    assert [path.name for path in (suite.root / "results" / "latest-bench").iterdir()] == [
        "bench.json"
    ]
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=suite.root, check=True, capture_output=True, text=True
    )
    assert len(listed.stdout.splitlines()) == 1


@pytest.mark.nightly
def test_instructions_are_counted_where_valgrind_is(suite):
    if not can_count():
        pytest.skip("valgrind is not installed")
    given = ("bench", "HEAD~1", "--rounds", "4", "-k", "same or changed or wrong")
    record = suite.json(*given, "--instructions")
    counts = {
        each["name"].rpartition("::")[2]: each["instructions"] for each in record["benchmarks"]
    }
    base, head = counts["test_same"]
    assert base == pytest.approx(head, rel=0.02)
    # What the call itself takes is little beside three thousand additions, and long numbers take
    # more than short ones, by how much depends on the Python.
    base, head = counts["test_changed"]
    assert head / base == pytest.approx(40, rel=0.1)
    assert [path.name for path in (suite.root / "results" / "latest-bench").iterdir()] == [
        "bench.json"
    ]


def test_an_interrupt_lets_pytest_stop_what_it_has_started(suite):
    results = sorted(suite.root.glob("results/*"))
    process = suite.start("bench", "HEAD~1", "-k", "slow", TOLD_IN=str(suite.root))
    until((suite.root / "started").exists, process=process)
    interrupted(process, signal.SIGINT)
    assert (suite.root / "stopped").exists()
    assert sorted(suite.root.glob("results/*")) == results


@pytest.mark.parametrize(
    ("select", "problem"),
    [
        ("nothing", "no benchmark can be compared (neither revision has one that passes)"),
        ("changed or", "pytest does not run benchmarks at"),
    ],
)
def test_a_suite_that_gives_no_times_ends_in_one_line(suite, select, problem):
    results = sorted(suite.root.glob("results/*"))
    completed = suite.h2h("bench", "HEAD~1", "--rounds", "4", "-k", select)
    assert completed.returncode == 3
    assert problem in completed.stderr.strip().splitlines()[-1]
    assert sorted(suite.root.glob("results/*")) == results
