import signal
import subprocess
import sys
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
    created = stubborn.create_time()

    assert processes.recorded(stubborn.pid, created=created) == stubborn
    assert processes.recorded(stubborn.pid, created=created - 60) is None


def test_a_process_that_does_not_end_when_asked_is_killed(stubborn: psutil.Process) -> None:
    created = stubborn.create_time()

    processes.stop([stubborn], request=signal.SIGTERM, patience=0.1)

    assert processes.recorded(stubborn.pid, created=created) is None


def test_one_that_ended_but_was_not_waited_for_is_dead() -> None:
    with subprocess.Popen(["true"]) as process:
        ended = psutil.Process(process.pid)
        while ended.status() != psutil.STATUS_ZOMBIE:
            pass
        assert not processes.alive(ended)
