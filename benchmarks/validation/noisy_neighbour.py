"""A process beside the measurement that burns processor time, and the start and end of it.

Run as `python -m benchmarks.validation.noisy_neighbour KIND SEED PARENT` it is that process.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from benchmarks.validation.scenarios import Neighbour

# How long a burst and a rest last on average.
BURST_SECONDS = 0.25
# How often the process looks whether whoever started it still lives.
_SLICE_SECONDS = 0.02


@contextmanager
def beside(neighbour: Neighbour, *, seed: int) -> Iterator[int | None]:
    """Let a neighbour use the machine within the block; it is gone afterwards, come what may.

    Yields:
        Its process id, or None when there is no neighbour.
    """
    if neighbour is Neighbour.NONE:
        yield None
        return
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "benchmarks.validation.noisy_neighbour"),
            *(neighbour, str(seed), str(os.getpid())),
        ],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Burn until killed, or until whoever started this is gone."""
    neighbour, random = Neighbour(sys.argv[1]), Random(int(sys.argv[2]))  # noqa: S311 (no secret)
    parent = int(sys.argv[3])
    sys.stdout.write("burning\n")
    sys.stdout.flush()
    while True:
        _burn(random.expovariate(1 / BURST_SECONDS), parent=parent)
        if neighbour is Neighbour.BURSTY:
            time.sleep(random.expovariate(1 / BURST_SECONDS))


def _burn(seconds: float, *, parent: int) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if os.getppid() != parent:
            sys.exit()
        slice_end = time.monotonic() + _SLICE_SECONDS
        while time.monotonic() < slice_end:
            pass


if __name__ == "__main__":
    main()
