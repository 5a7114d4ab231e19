import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from headtohead.host import processes

pytestmark = pytest.mark.process

STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
signal.pause()
"""

# As gunicorn, which may start workers while it is asked to end.
PROLIFIC = """
import os, signal
def start_another(number, frame):
    if child := os.fork():
        print(child, flush=True)
signal.signal(signal.SIGTERM, start_another)
print("ready", flush=True)
while True:
    signal.pause()
"""

# As one that ends in time and leaves somebody behind.
LEAVING = """
import os, signal, sys
def leave(number, frame):
    if child := os.fork():
        print(child, flush=True)
        os._exit(0)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while True:
    signal.pause()
"""


@pytest.fixture
def stubborn() -> Iterator[psutil.Process]:
    """A process that does not end when asked to."""
    command = [sys.executable, "-c", STUBBORN]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield psutil.Process(process.pid)
        process.kill()


def test_a_process_is_known_by_its_id_and_start(stubborn: psutil.Process) -> None:
    created = processes.started_at(stubborn.pid)

    assert processes.recorded(stubborn.pid, created=created) == stubborn
    assert processes.recorded(stubborn.pid, created=created - 60) is None


def test_a_process_that_does_not_end_when_asked_is_killed(stubborn: psutil.Process) -> None:
    created = processes.started_at(stubborn.pid)

    processes.stop([stubborn], request=signal.SIGTERM, patience=0.1)

    assert processes.recorded(stubborn.pid, created=created) is None


@pytest.mark.parametrize("program", [PROLIFIC, LEAVING])
def test_what_a_process_starts_while_it_is_asked_to_end_is_killed_with_it(program: str) -> None:
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()

        processes.stop([psutil.Process(process.pid)], request=signal.SIGTERM, patience=1)

        child = int(process.stdout.readline())
        assert not psutil.pid_exists(child) or not processes.alive(psutil.Process(child))


def test_one_that_ended_but_was_not_waited_for_is_dead() -> None:
    with subprocess.Popen(["true"]) as process:
        ended = psutil.Process(process.pid)
        while ended.status() != psutil.STATUS_ZOMBIE:
            pass
        assert not processes.alive(ended)


def test_a_mark_is_of_one_process_and_says_nothing_of_the_clock(stubborn: psutil.Process) -> None:
    text = processes.mark(stubborn.pid)
    pid, created = text.split()

    assert processes.marked(text) == stubborn
    # Since the machine's start, not since 1970, which moves when a clock is set.
    assert float(created) <= time.monotonic() + 1
    assert processes.marked(f"{pid} {float(created) - 60}") is None
    assert processes.marked("of another version") is None
