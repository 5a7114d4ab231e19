import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from headtohead.audit.peak_memory import peak_growth
from headtohead.errors import MeasurementError

pytestmark = pytest.mark.process

# Takes, and at once gives back, as many bytes as it is told.
TAKER = """
import sys

for line in sys.stdin:
    taken = bytearray(int(line))
    taken[::4096] = b"x" * len(taken[::4096])
    del taken
    print("done", flush=True)
"""
MB = 1_000_000


@pytest.fixture
def taker() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", TAKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        take(process, 1)
        yield process
        process.stdin.close()


def take(process: subprocess.Popen[str], number_of_bytes: int) -> None:
    process.stdin.write(f"{number_of_bytes}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def test_what_is_given_back_at_once_counts_and_earlier_peaks_do_not(taker):
    take(taker, 200 * MB)
    assert peak_growth([taker.pid], lambda: take(taker, 50 * MB)) == pytest.approx(
        50 * MB, abs=5 * MB
    )
    assert peak_growth([taker.pid], lambda: None) < 5 * MB


def test_of_several_processes_the_one_that_grew_most_counts(taker):
    assert peak_growth([os.getpid(), taker.pid], lambda: take(taker, 50 * MB)) > 45 * MB


def test_a_process_that_is_gone_is_an_error(taker):
    taker.stdin.close()
    taker.wait()
    with pytest.raises(MeasurementError, match=f"process {taker.pid} cannot be read"):
        peak_growth([taker.pid], lambda: None)


def test_a_process_that_ends_meanwhile_is_an_error(taker):
    def end() -> None:
        taker.kill()
        taker.wait()

    with pytest.raises(MeasurementError, match=f"process {taker.pid} cannot be read"):
        peak_growth([taker.pid], end)
