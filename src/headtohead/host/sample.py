"""Clocks, CPU times and processes of the machine at one moment."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, time

import psutil

# Of so many looks at both clocks the one is taken that was held up least between the two.
_LOOKS = 5


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """Both clocks at one moment, in seconds.

    Attributes:
        wall: Since the epoch.
        monotonic: Since some moment that stays the same; it stands still while the machine sleeps.
    """

    wall: float
    monotonic: float


@dataclass(frozen=True, kw_only=True)
class CpuTimes:
    """Seconds since the machine was started, summed over the cores this process may use.

    Attributes:
        total: All time, idle or not.
        busy: Time in processes. Interrupts are left out: whose they were cannot be told.
        steal: Time in which the hypervisor ran other machines.
        own: Time in the harness, the generators that have ended, and the servers.
    """

    total: float
    busy: float
    steal: float
    own: float


@dataclass(frozen=True, kw_only=True)
class HostSample:
    """One look at everything.

    Attributes:
        clocks: Both clocks.
        cpu: What became of the cores so far.
        servers: The processes that make up each server.
        load: One-minute load average.
    """

    clocks: Clocks
    cpu: CpuTimes
    servers: Mapping[str, frozenset[psutil.Process]]
    load: float


def sample_host(servers: Mapping[str, int], *, childless: Collection[str] = ()) -> HostSample:
    """Look at the machine and at servers that are ours.

    Args:
        servers: Main process of each.
        childless: Those whose children are none of their parts, as they come and go.
    """
    return HostSample(
        clocks=_clocks(),
        cpu=_cpu_times(servers.values()),
        servers={
            name: frozenset(_family(pid, with_children=name not in childless))
            for name, pid in servers.items()
        },
        load=os.getloadavg()[0],
    )


def _clocks() -> Clocks:
    looks = []
    for _ in range(_LOOKS):
        before, wall, after = monotonic(), time(), monotonic()
        looks.append((after - before, Clocks(wall=wall, monotonic=before)))
    return min(looks, key=lambda look: look[0])[1]


def _cpu_times(servers: Iterable[int]) -> CpuTimes:
    every_core = psutil.cpu_times(percpu=True)
    cores = [every_core[core] for core in os.sched_getaffinity(0)]
    own = {
        process for pid in (os.getpid(), *servers) for process in _family(pid, with_children=True)
    }
    return CpuTimes(
        # Time of guests is part of user time already.
        total=sum(sum(core) - core.guest - core.guest_nice for core in cores),
        busy=sum(core.user + core.nice + core.system for core in cores),
        steal=sum(core.steal for core in cores),
        own=sum(map(_cpu_seconds, own)),
    )


def _family(pid: int, *, with_children: bool) -> Iterator[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        yield process
        if with_children:
            yield from process.children(recursive=True)


def _cpu_seconds(process: psutil.Process) -> float:
    """CPU time of a process and of its children that have ended."""
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system
    return 0.0
