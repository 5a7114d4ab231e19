"""What is left of h2h when it is killed: nothing that runs on, nothing that passes for a result."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from headtohead.load.messages.encoding import to_named_line
from tests.conftest import Project, copy_project
from tests.load.generator.test_process import plan
from tests.processes import generates_load, processes_of, until
from tests.waiting import eventually

LOAD_ENDS_WITHIN = 2  # seconds
MODES = {
    "pairs": ("--no-early-stop",),
    "blocks": ("--mode", "throughput", "--users", "4"),
    "workers": ("--mode", "throughput", "--users", "4", "--workers", "2"),
    "open": ("--mode", "open", "--rate", "50", "--block", "2"),
    "background": ("--background", "shop:3", "--no-early-stop"),
}

# Programs of the same process as pairs are taken by.
ALIKE = ("blocks", "open")


def load_of(h2h: psutil.Process) -> list[psutil.Process]:
    return [
        each
        for each in h2h.children(recursive=True)
        if "headtohead.load.generator" in " ".join(each.cmdline())
    ]


def answered(url: str) -> int:
    return int(urlopen(f"{url}/answered").read())


def running(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [
        each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE
    ]


@pytest.mark.load
@pytest.mark.parametrize(
    "mode",
    [pytest.param(each, marks=[pytest.mark.nightly] if each in ALIKE else []) for each in MODES],
)
def test_load_ends_with_an_h2h_that_is_killed(
    mode: str, variants_server: str, tmp_path: Path
) -> None:
    project: Project = copy_project(tmp_path)
    flags = MODES[mode]
    process = project.start(
        *("run", "product-list", "--url", variants_server, "--budget", "600", *flags),
        H2H_TOKEN="secret",
    )
    h2h = psutil.Process(process.pid)
    measuring = 2 if mode == "background" else 3 if mode == "workers" else 1
    until(lambda: len(load_of(h2h)) == measuring, process=process)
    load, begun = load_of(h2h), answered(variants_server)
    until(lambda: answered(variants_server) > begun + 100, process=process)

    process.kill()
    process.communicate()

    eventually(lambda: not running(load), patience=LOAD_ENDS_WITHIN)
    assert not list((tmp_path / "results").glob("[!.]*"))


# By day tests/stack/test_recovery.py sees each part of it.
@pytest.mark.nightly
@pytest.mark.stack
def test_what_a_run_leaves_that_is_killed_is_recovered_by_the_next(fresh: Project) -> None:
    process = fresh.start("run", "product-list", "--rows", "50", "--budget", "600")
    until(lambda: generates_load(fresh.root), process=process)
    process.kill()
    process.communicate()
    assert processes_of(fresh.root) != []

    completed = fresh.h2h("run", "category-summary", "--rows", "50", "--budget", "1.5")

    assert completed.returncode in {0, 3}, completed.stderr
    assert "taking over the stack of an h2h that was killed" in completed.stdout
    assert "removed what a killed run left of results/" in completed.stdout
    assert processes_of(fresh.root) == []
    (record,) = (fresh.root / "results").glob("2*/run.json")
    assert json.loads(record.read_text())["complete"] is True
    assert not list((fresh.root / "results").glob(".*"))


@pytest.fixture
def generator() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "headtohead.load.generator.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def begin(generator: "subprocess.Popen[str]", url: str) -> None:
    generator.stdin.write(to_named_line(plan(url, seconds=600)) + "\n")
    generator.stdin.flush()


@pytest.mark.load
@pytest.mark.parametrize("pipe", ["stdin", "stdout"])
def test_a_generator_ends_when_either_pipe_is_closed(
    pipe: str, generator: "subprocess.Popen[str]", variants_server: str
) -> None:
    begin(generator, variants_server)
    assert generator.stdout.readline()
    getattr(generator, pipe).close()
    assert generator.wait(timeout=LOAD_ENDS_WITHIN) == 130


@pytest.mark.process
@pytest.mark.parametrize("pipe", ["stdin", "stdout"])
def test_a_generator_ends_in_the_middle_of_a_request_that_hangs(
    pipe: str, generator: "subprocess.Popen[str]"
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begin(generator, f"http://127.0.0.1:{silent.getsockname()[1]}")
        with silent.accept()[0]:
            getattr(generator, pipe).close()
            assert generator.wait(timeout=LOAD_ENDS_WITHIN) == 130
