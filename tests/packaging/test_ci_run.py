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

ROOT = Path(__file__).parents[2]
REAL = ("bash", "dirname", "env", "git")
# The test may run where python3 has no ensurepip.
STANDING_IN = ("chromium", "ip", "memcached", "promtool", "python3", "valgrind")
NEEDED = "$H2H_REQUIRE_BROWSER $H2H_REQUIRE_PROMETHEUS"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "check out"
    for name in (".ci", ".venv/bin", "results/latest"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / ".ci/run", folder / ".ci")
    (folder / ".venv/bin/python").symlink_to(sys.executable)
    (folder / "results/latest/report.html").write_text("<!doctype html>")
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with all that `.ci/run` needs."""
    directory = tmp_path / "tools"
    directory.mkdir()
    for name in REAL:
        (directory / name).symlink_to(shutil.which(name) or f"{name} is needed")
    for name in STANDING_IN:
        add(directory, name, ":")
    add(directory, "make", f'echo "$1 {NEEDED}" >>calls')
    return directory


def add(directory: Path, name: str, script: str) -> None:
    path = directory / name
    path.write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def record() -> dict[str, Any]:
    names = ("product-list", "order-history", "product-detail", "category-summary")
    experiments = [
        {
            "name": name,
            "baseline": "naive",
            "variants": [
                {"name": "naive", "queries_per_request": 103},
                {"name": "prefetched", "queries_per_request": 3},
            ],
            "comparisons": [{"verdict": "faster", "ratio": 0.2}],
        }
        for name in names
    ]
    return {"complete": True, "experiments": experiments}


def run(
    checkout: Path, tools: Path, written: dict[str, Any] | None = None
) -> subprocess.CompletedProcess[str]:
    text = json.dumps(written or record())
    (checkout / "results/latest/run.json").write_text(text, encoding="utf-8")
    return subprocess.run(
        [checkout / ".ci/run"],
        cwd="/",
        env={"PATH": str(tools), "CI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )


def checks(finished: subprocess.CompletedProcess[str], result: str) -> set[str]:
    """The checks with that result."""
    lines = [line.split(maxsplit=1) for line in finished.stdout.splitlines()]
    return {line[1] for line in lines if line[0] == result}


def test_it_runs_the_commands_of_the_readme_from_the_checkout_and_skips_nothing(
    checkout: Path, tools: Path
) -> None:
    finished = run(checkout, tools)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert (checkout / "calls").read_text().splitlines() == ["test 1 1", "demo 1 1"]


@pytest.mark.parametrize("target", ["test", "demo"])
def test_it_fails_with_what_it_runs(checkout: Path, tools: Path, target: str) -> None:
    add(tools, "make", f"[ $1 != {target} ] || exit 2")
    finished = run(checkout, tools)
    assert finished.returncode == 2
    assert checks(finished, "ok") == set()


Spoil = Callable[[dict[str, Any]], object]
SPOILT: list[Spoil] = [
    lambda run: run.update(complete=False),
    lambda run: run["experiments"].__delitem__(slice(1, None)),
    lambda run: run["experiments"][1]["comparisons"].clear(),
    lambda run: run["experiments"][2]["comparisons"][0].update(verdict=""),
    lambda run: run["experiments"][3]["comparisons"][0].update(ratio=float("inf")),
    lambda run: run["experiments"][0]["variants"][0].update(queries_per_request=40),
    lambda run: run["experiments"][0]["variants"][1].update(queries_per_request=5),
]


def test_each_of_its_checks_fails_on_a_record_that_is_not_right(
    checkout: Path, tools: Path
) -> None:
    made = checks(run(checkout, tools), "ok")
    failed = []
    for spoil in SPOILT:
        spoilt = record()
        spoil(spoilt)
        finished = run(checkout, tools, spoilt)
        assert finished.returncode == 1
        failed += checks(finished, "FAILED")
    (checkout / "results/latest/report.html").write_text("")
    failed += checks(run(checkout, tools), "FAILED")
    # One by one.
    assert len(failed) == len(SPOILT) + 1
    assert set(failed) == made


def test_a_process_left_behind_fails_it(checkout: Path, tools: Path) -> None:
    program = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, checkout / ".h2h/postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as left_behind:
        left_behind.stdout.readline()
        finished = run(checkout, tools)
        left_behind.stdin.close()
    assert finished.returncode == 1
    (failed,) = checks(finished, "FAILED")
    assert str(left_behind.pid) in failed


def test_what_is_missing_is_installed_or_asked_for(checkout: Path, tools: Path) -> None:
    for name in ("git", "chromium"):
        (tools / name).unlink()
    add(tools, "apt-get", 'echo "apt-get $*" >>calls')
    finished = run(checkout, tools)
    if os.geteuid() == 0:
        assert finished.returncode == 0
        asked = (checkout / "calls").read_text().splitlines()[1]
        assert asked.startswith("apt-get install ")
    else:
        assert finished.returncode == 1
        asked = finished.stderr
    assert {"git", "chromium", "make", "prometheus"} & set(asked.split()) == {"git", "chromium"}
