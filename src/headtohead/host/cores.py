"""Who runs where: the load generator on the first core, the local stack's servers on the others.

The servers keep to their cores as long as they live, not only during a run. Otherwise a query would
sometimes cross from one core to another and sometimes not, and since a naive variant makes more of
them, the ratio itself would depend on who happened to send the requests.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

Cores = frozenset[int]


def generator_cores(available: Cores) -> Cores:
    """The load generator's share of the cores this process may use."""
    return frozenset([min(available)])


def server_cores(available: Cores) -> Cores:
    """The servers' share; on a single core they have to share it."""
    return available - generator_cores(available) or available


def available_cores() -> Cores:
    """The cores this process may use."""
    return frozenset(os.sched_getaffinity(0))


@contextmanager
def starting_on(cores: Cores) -> Iterator[None]:
    """Let processes that are started within the block keep to these cores."""
    previous = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, previous)
