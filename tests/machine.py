"""Tests that measure have the machine to themselves, also where several processes run tests.

A measurement beside another test says only that others took the cores. So a test that is marked
`alone` begins when every other test of this checkout has ended, and no other begins before it is
through; all others run beside each other.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from headtohead.host import cores

# Servers keep to all cores but the first, which the generator has. Of two cores, all servers of two
# processes of tests would share one. So the second process takes the cores in the other order.
if os.environ.get("PYTEST_XDIST_WORKER") == "gw1":
    vars(cores)["min"] = max

# Files that are there anyway, so that nothing is left behind and a killed process holds nothing.
ENTRANCE = Path(__file__)
MACHINE = Path(__file__).with_name("conftest.py")


@contextmanager
def held(path: Path, how: int) -> Iterator[None]:
    with path.open("rb") as file:
        fcntl.flock(file, how)
        try:
            yield
        finally:
            # Said rather than left to closing: a child that was forked has the file open, too.
            fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def taking_turns(*, alone: bool) -> Iterator[None]:
    """Have the machine, or a share of it, for the block.

    Who waits for the whole of it keeps others from entering, or they would go on taking shares.
    """
    with ExitStack() as machine:
        with held(ENTRANCE, fcntl.LOCK_EX):
            machine.enter_context(held(MACHINE, fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    with taking_turns(alone=item.get_closest_marker("alone") is not None):
        return (yield)
