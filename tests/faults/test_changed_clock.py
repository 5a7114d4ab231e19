"""Whoever sets the clock while load is put on changes nothing that is measured."""

import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from headtohead.load.messages.encoding import DONE, to_named_line
from headtohead.load.messages.open_model import Arrivals, OpenPlan, Stretch
from headtohead.load.messages.throughput import BlockBatch, BlockPlan
from headtohead.records.encoding import decode
from tests.load.generator.test_process import arm

# The wall clock differs by so many seconds once there is such a file.
STEPPING = """
import os, sys, time
real, there, step = time.time, sys.argv[1], float(sys.argv[2])
time.time = lambda: real() + (step if os.path.exists(there) else 0)
from headtohead.load.generator.process import main
main()
"""
SECONDS = 2.0
PATIENCE = 60  # seconds; with a clock that was set back it would be an hour


@pytest.mark.load
@pytest.mark.parametrize("step", [-3600, 3600])
@pytest.mark.parametrize("mode", ["open", "blocks"])
def test_load_goes_on_by_the_time_that_really_passes(
    mode: str, step: int, variants_server: str, tmp_path: Path
) -> None:
    stepped = tmp_path / "stepped"
    common = {
        "arms": (arm("one", url=variants_server), arm("other", url=variants_server)),
        "users": 4,
        "warm_up": 5,
        "seconds": SECONDS,
        "seed": 1,
    }
    plan = (
        OpenPlan(**common, arrivals=Arrivals.CONSTANT, rate=40.0, stretch_seconds=0.2)
        if mode == "open"
        else BlockPlan(**common, block_seconds=0.2)
    )
    with subprocess.Popen(
        [sys.executable, "-c", STEPPING, stepped, str(step)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as generator:
        generator.stdin.write(to_named_line(plan) + "\n")
        generator.stdin.flush()
        lines = [generator.stdout.readline()]
        stepped.touch()
        late = threading.Timer(PATIENCE, generator.kill)
        late.start()
        while (line := generator.stdout.readline().strip()) not in {DONE, ""}:
            lines.append(line)
        late.cancel()
        generator.kill()
    assert line == DONE, "it goes on by a clock that was set back"
    taken = (
        [decode(each, Stretch) for each in lines]
        if mode == "open"
        else [block for each in lines for block in decode(each, BlockBatch).blocks]
    )
    begun = [each.started for each in taken]
    assert len(begun) >= 4
    assert all(0 < later - earlier < SECONDS * 2 for earlier, later in pairwise(begun))
