"""`.ci/run` itself, with a make that only takes notes and a record that was written before."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TOOLS = ("bash", "env", "dirname", "python3", "git")


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "check out"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(root / ".ci/run", folder / ".ci")
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").symlink_to(sys.executable)
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with all that `.ci/run` needs."""
    directory = tmp_path / "tools"
    directory.mkdir()
    for name in TOOLS:
        found = shutil.which(name, path=os.defpath) or shutil.which(name)
        assert found, f"{name} is needed"
        (directory / name).symlink_to(found)
    required = "browser: $H2H_REQUIRE_BROWSER, prometheus: $H2H_REQUIRE_PROMETHEUS"
    add(directory, "make", f'echo "make $*, {required}" >>calls')
    add(directory, "chromium", ":")
    add(directory, "promtool", ":")
    add(directory, "ip", ":")
    add(directory, "memcached", ":")
    add(directory, "valgrind", ":")
    # The test may run where python3 has no ensurepip.
    (directory / "python3").unlink()
    add(directory, "python3", ":")
    return directory


def add(directory: Path, name: str, script: str) -> None:
    path = directory / name
    path.write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def experiment(name: str, *, queries: tuple[float, float] = (103, 3)) -> dict[str, Any]:
    baseline, other = queries
    return {
        "name": name,
        "baseline": "naive",
        "variants": [
            {"name": "naive", "queries_per_request": baseline},
            {"name": "prefetched", "queries_per_request": other},
        ],
        "comparisons": [{"verdict": "faster", "ratio": 0.2}],
    }


@pytest.fixture
def record() -> dict[str, Any]:
    names = ("product-list", "order-history", "product-detail", "category-summary")
    return {"complete": True, "experiments": [experiment(name) for name in names]}


def run(checkout: Path, tools: Path, record: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    latest = checkout / "results/latest"
    latest.mkdir(parents=True, exist_ok=True)
    (latest / "run.json").write_text(json.dumps(record), encoding="utf-8")
    (latest / "report.html").write_text("<!doctype html>", encoding="utf-8")
    return subprocess.run(
        [checkout / ".ci/run"],
        cwd="/",
        env={"PATH": str(tools), "CI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_runs_the_commands_of_the_readme_from_the_checkout(
    checkout: Path, tools: Path, record: dict[str, Any]
) -> None:
    finished = run(checkout, tools, record)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert (checkout / "calls").read_text().splitlines() == [
        "make test TEST_FLAGS=--numprocesses=0, browser: 1, prometheus: 1",
        "make demo DEMO_FLAGS=--budget 16 --control, browser: 1, prometheus: 1",
    ]


def test_failing_tests_end_it(checkout: Path, tools: Path, record: dict[str, Any]) -> None:
    add(tools, "make", 'echo "make $*" >>calls; exit 2')
    assert run(checkout, tools, record).returncode == 2
    assert (checkout / "calls").read_text() == "make test TEST_FLAGS=--numprocesses=0\n"


Spoil = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("spoil", "failure"),
    [
        (lambda run: run.update(complete=False), "the record is complete"),
        (lambda run: run["experiments"].pop(), "it holds the four experiments"),
        (
            lambda run: run["experiments"][1]["comparisons"].clear(),
            "every experiment has a comparison",
        ),
        (
            lambda run: run["experiments"][2]["comparisons"][0].update(verdict=""),
            "every comparison has a verdict",
        ),
        (
            lambda run: run["experiments"][3]["comparisons"][0].update(ratio=float("inf")),
            "every ratio is positive and finite",
        ),
        (
            lambda run: run["experiments"].__setitem__(
                0, experiment("product-list", queries=(40, 3))
            ),
            "product-list: over 40 queries at the baseline",
        ),
        (
            lambda run: run["experiments"].__setitem__(
                0, experiment("product-list", queries=(103, 5))
            ),
            "product-list: at most 4 queries otherwise",
        ),
    ],
)
def test_a_record_that_is_not_right_fails_it(
    checkout: Path, tools: Path, record: dict[str, Any], spoil: Spoil, failure: str
) -> None:
    spoil(record)
    finished = run(checkout, tools, record)
    assert finished.returncode == 1
    assert [line for line in finished.stdout.splitlines() if line.startswith("FAILED")] == [
        f"FAILED {failure}"
    ]


def test_a_process_left_behind_fails_it(
    checkout: Path, tools: Path, record: dict[str, Any]
) -> None:
    program = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, checkout / ".h2h/postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as left_behind:
        left_behind.stdout.readline()
        finished = run(checkout, tools, record)
        left_behind.stdin.close()
    assert finished.returncode == 1
    assert f"FAILED process {left_behind.pid} has ended" in finished.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="installing is for root")
def test_root_gets_what_is_missing_and_nothing_else(
    checkout: Path, tools: Path, record: dict[str, Any]
) -> None:
    (tools / "chromium").unlink()
    (tools / "promtool").unlink()
    (tools / "git").unlink()
    (tools / "ip").unlink()
    add(tools, "apt-get", 'echo "apt-get $*" >>calls')
    assert run(checkout, tools, record).returncode == 0
    assert (checkout / "calls").read_text().splitlines()[:2] == [
        "apt-get update",
        (
            "apt-get install --yes --no-install-recommends git iproute2 chromium fonts-liberation "
            "prometheus prometheus-postgres-exporter prometheus-redis-exporter"
        ),
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root would install")
def test_an_ordinary_user_is_told_what_is_missing(
    checkout: Path, tools: Path, record: dict[str, Any]
) -> None:
    (tools / "git").unlink()
    # Only root can make network namespaces.
    (tools / "ip").unlink()
    finished = run(checkout, tools, record)
    assert finished.returncode == 1
    assert finished.stderr == "not installed: git; run as root: apt-get install git\n"
