"""Keeping the load generator and the servers off each other's core."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

Cores = set[int]


@contextmanager
def separate_cores(*, generator: int, servers: Sequence[int]) -> Iterator[None]:
    """Give the generator the first core and the servers the others, as long as the block lasts.

    With a single core, or servers that are not ours, nothing is moved.

    Args:
        generator: Process id of the load generator.
        servers: Process ids of the servers, their children included.
    """
    first, *others = sorted(os.sched_getaffinity(0))
    if not others or not servers:
        yield
        return
    previous = {process: _move(process, set(others)) for process in servers}
    _move(generator, {first})
    try:
        yield
    finally:
        for process, cores in previous.items():
            _move(process, cores)


def _move(process: int, cores: Cores) -> Cores:
    """Bind a process and all its threads to cores; returns those it was bound to."""
    previous = set(cores)
    # A database backend may end at any time: then there is nothing to move.
    with suppress(ProcessLookupError):
        previous = os.sched_getaffinity(process)
        for thread in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208 (names suffice)
            os.sched_setaffinity(int(thread), cores)
    return previous
