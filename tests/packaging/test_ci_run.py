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

from tests.packaging import checkouts

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
# The test may run where python3 has no ensurepip.
STANDING_IN = ("chromium", "ip", "memcached", "promtool", "python3", "valgrind")
REQUIRED = "$H2H_REQUIRE_BROWSER $H2H_REQUIRE_PROMETHEUS"


class Checkout(checkouts.Checkout):
    def run(self, written: dict[str, Any] | None = None) -> subprocess.CompletedProcess[str]:
        text = json.dumps(written or record())
        (self.folder / "results/latest/run.json").write_text(text, encoding="utf-8")
        return subprocess.run(
            [self.folder / ".ci/run"],
            cwd="/",
            env={"PATH": str(self.tools), "CI": "true"},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """After a demo, with all that `.ci/run` needs."""
    made = Checkout.within(tmp_path, "bash", "dirname", "env", "git")
    for name in (".ci", ".venv/bin", "results/latest"):
        (made.folder / name).mkdir(parents=True)
    shutil.copy(ROOT / ".ci/run", made.folder / ".ci")
    (made.folder / ".venv/bin/python").symlink_to(sys.executable)
    (made.folder / "results/latest/report.html").write_text("<!doctype html>")
    for name in STANDING_IN:
        made.add(name, ":")
    made.add("make", f'echo "$1 {REQUIRED}" >>calls')
    return made


def record() -> dict[str, Any]:
    variants = [
        {"name": "naive", "queries_per_request": 103},
        {"name": "prefetched", "queries_per_request": 3},
    ]
    comparisons = [{"verdict": "faster", "ratio": 0.2}]
    experiments = [
        {"name": name, "baseline": "naive", "variants": variants, "comparisons": comparisons}
        for name in ("product-list", "order-history", "product-detail", "category-summary")
    ]
    # Each experiment with parts of its own.
    return json.loads(json.dumps({"complete": True, "experiments": experiments}))


def checks(finished: subprocess.CompletedProcess[str], result: str) -> set[str]:
    """The checks with that result."""
    lines = [line.split(maxsplit=1) for line in finished.stdout.splitlines()]
    return {line[1] for line in lines if line[0] == result}


def test_it_runs_the_commands_of_the_readme_from_the_checkout_and_skips_nothing(
    checkout: Checkout,
) -> None:
    finished = checkout.run()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert checkout.calls() == ["test 1 1", "demo 1 1"]


@pytest.mark.parametrize("target", ["test", "demo"])
def test_it_fails_with_what_it_runs(checkout: Checkout, target: str) -> None:
    checkout.add("make", f"[ $1 != {target} ] || exit 2")
    finished = checkout.run()
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


def test_each_of_its_checks_fails_on_a_record_that_is_not_right(checkout: Checkout) -> None:
    made = checks(checkout.run(), "ok")
    failed = []
    for spoil in SPOILT:
        spoilt = record()
        spoil(spoilt)
        finished = checkout.run(spoilt)
        assert finished.returncode == 1
        failed += checks(finished, "FAILED")
    (checkout.folder / "results/latest/report.html").write_text("")
    failed += checks(checkout.run(), "FAILED")
    # One by one.
    assert len(failed) == len(SPOILT) + 1
    assert set(failed) == made


def test_a_process_left_behind_fails_it(checkout: Checkout) -> None:
    program = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, checkout.folder / ".h2h/postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as left_behind:
        left_behind.stdout.readline()
        finished = checkout.run()
        left_behind.stdin.close()
    assert finished.returncode == 1
    (failed,) = checks(finished, "FAILED")
    assert str(left_behind.pid) in failed


def test_what_is_missing_is_installed_or_asked_for_and_nothing_else(checkout: Checkout) -> None:
    for name in ("git", "chromium", "ip", "memcached", "promtool"):
        (checkout.tools / name).unlink()
    checkout.add("apt-get", 'echo "$*" >>calls')
    finished = checkout.run()
    packages = {"git", "chromium", "memcached", "prometheus"}
    if os.geteuid() == 0:
        assert finished.returncode == 0
        asked = checkout.calls()[1]
        assert asked.startswith("install ")
        # Only root can make network namespaces.
        packages.add("iproute2")
    else:
        assert finished.returncode == 1
        asked = finished.stderr
    assert packages <= set(asked.split())
    assert {"make", "python3", "python3-venv"}.isdisjoint(asked.split())
