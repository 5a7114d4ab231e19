"""Processes that a test looks for, or lets somebody else start."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import Popen

import psutil

from tests.waiting import PATIENCE


def processes_of(folder: Path) -> list[psutil.Process]:
    """Every live process that mentions a folder: where it works, how it was called, its world."""

    def mentions(process: psutil.Process) -> bool:
        with suppress(psutil.AccessDenied, psutil.NoSuchProcess):
            facts = (process.cwd(), *process.cmdline(), *process.environ().values())
            return any(fact.startswith(str(folder)) for fact in facts)
        return False

    return [each for each in psutil.process_iter() if mentions(each)]


def children_of_load(program: str) -> list[psutil.Process]:
    """Live processes of the load generator that this process has started, by their program."""
    found = []
    for process in psutil.Process().children():
        # Servers of another test may have ended, and nobody has asked how.
        with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
            if f"headtohead.load.generator.{program}" in process.cmdline():
                found.append(process)
    return found


def generates_load(folder: Path) -> bool:
    """Whether a load generator of a project is at work."""
    return any(
        "headtohead.load.generator.process" in " ".join(each.info["cmdline"] or ())
        and (each.info["cwd"] or "").startswith(str(folder))
        for each in psutil.process_iter(["cmdline", "cwd"])
    )


def until(reached: Callable[[], object], *, process: "Popen[str]") -> None:
    """Wait until a process has come so far; it must not end before."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.02)


def interrupted(process: "Popen[str]", number: int) -> str:
    """The last line of a command that is sent a signal, and that it ended as it should."""
    process.send_signal(number)
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, output + errors
    assert "Traceback" not in errors
    return errors.strip().splitlines()[-1]
