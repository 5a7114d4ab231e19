"""Caveats about the machine."""

from collections.abc import Iterator

from headtohead.host.sample import Clocks, HostSample
from headtohead.records.results import Caveat, Machine
from headtohead.report.numbers import percent
from headtohead.validity.rule import caveat

# A fifth of one core of two, and far above what is seen where nobody else is at work. Pairs cancel
# what hits both arms alike, so up to a point others only explain a wide interval.
NOTABLE_OTHERS = 0.1
# One user keeps about one core of two at work. With four fifths of another core taken by others,
# requests wait for a core, for longer the more often they change between processes: the ratio of
# variants that differ in queries is then another one than that of a server with cores of its own.
TOLERATED_OTHERS = 0.4
# Well above what an idle host shows; it too hits both arms of a pair alike.
NOTABLE_STEAL = 0.05
# Half of a core of two comes and goes as the hypervisor pleases.
TOLERATED_STEAL = 0.25
# ntpd sets a clock that is 0.128 s off and steers it back at 0.05 % below that, so a jump of less
# is no step; twice that rate leaves room for reading the clocks.
TOLERATED_STEP_SECONDS = 0.1
TOLERATED_DRIFT = 0.001


@caveat(
    "server-restarted",
    invalidates_when="a process of the local stack's servers, or a worker of its API, was replaced",
)
def server_restarted(*, servers: tuple[str, ...]) -> tuple[str, str]:
    """A server was restarted during the run, with cold caches and new connections."""
    return (
        f"Processes of {', '.join(servers)} ended or began during the measurement.",
        "Find out why in its log (`h2h status` shows where) and run again.",
    )


@caveat(
    "clock-stepped",
    invalidates_when=(
        f"wall clock and monotonic clock disagree by more than {TOLERATED_STEP_SECONDS:g} s"
        " and what a clock is steered"
    ),
)
def clock_stepped(*, seconds: float) -> tuple[str, str]:
    """The wall clock was set, or the machine slept."""
    return (
        f"The wall clock was changed by {seconds:+.2f} s during the measurement.",
        "Keep programs from setting the clock or suspending the machine; run again.",
    )


@caveat(
    "busy-machine",
    invalidates_when=f"other processes took more than {percent(TOLERATED_OTHERS)} of the cores",
    weakens_when=f"other processes took more than {percent(NOTABLE_OTHERS)} of the cores",
)
def busy_machine(
    *,
    share: float,
    invalidates: bool,  # noqa: ARG001 (it is for the caveat)
) -> tuple[str, str]:
    """Other processes used the cores during the measurement."""
    return (
        f"Other processes used {share * 100:.0f} % of the cores while measuring.",
        "Intervals get wider, and ratios are those of a busy machine; stop other work.",
    )


@caveat(
    "stolen-cores",
    invalidates_when=f"the hypervisor took more than {percent(TOLERATED_STEAL)} of the cores",
    weakens_when=f"the hypervisor took more than {percent(NOTABLE_STEAL)} of the cores",
)
def stolen_cores(
    *,
    share: float,
    invalidates: bool,  # noqa: ARG001 (it is for the caveat)
) -> tuple[str, str]:
    """The hypervisor let other virtual machines use the cores during the measurement."""
    return (
        f"The hypervisor gave {share * 100:.0f} % of the cores to other machines.",
        "Intervals get wider on a crowded host; measure at another time or elsewhere.",
    )


@caveat("single-core", weakens_when="generator and servers share one core")
def single_core() -> tuple[str, str]:
    """Generator and server share a core, so client time and server time mix."""
    return (
        "The load generator and the servers share one core.",
        "Use a machine with two cores or more to keep them apart.",
    )


def machine(before: HostSample, after: HostSample, *, ours: bool) -> Machine:
    """What became of the cores between two samples.

    What is neither idle nor ours was taken by others. It cannot be told where not all servers are
    the local stack's: the work of a container looks like anybody's. Nor can anything be told of
    two samples within one tick of the system's clock.

    Args:
        before: The first sample.
        after: The second one.
        ours: Whether all servers are the local stack's.
    """
    total = after.cpu.total - before.cpu.total
    busy = after.cpu.busy - before.cpu.busy
    own = after.cpu.own - before.cpu.own
    return Machine(
        steal=(after.cpu.steal - before.cpu.steal) / total if total else 0.0,
        # Ticks are coarser than what processes are charged, so the difference can fall below 0.
        others=max(0.0, (busy - own) / total) if ours and total else None,
        load=after.load,
    )


def host_caveats(
    before: HostSample, after: HostSample, *, machine: Machine, cores: int
) -> Iterator[Caveat]:
    """What two samples around a measurement say against it.

    Args:
        before: The sample before it.
        after: The sample after it.
        machine: What became of the cores between the two.
        cores: How many this process may use.
    """
    yield from restart_caveats(before, after)
    yield from clock_caveats(before.clocks, after.clocks)
    yield from machine_caveats(machine)
    if cores == 1:
        yield single_core()


def machine_caveats(machine: Machine) -> Iterator[Caveat]:
    """What the use of the cores says against an experiment."""
    others = machine.others or 0.0
    if others > NOTABLE_OTHERS:
        yield busy_machine(share=others, invalidates=others > TOLERATED_OTHERS)
    if machine.steal > NOTABLE_STEAL:
        yield stolen_cores(share=machine.steal, invalidates=machine.steal > TOLERATED_STEAL)


def restart_caveats(before: HostSample, after: HostSample) -> Iterator[Caveat]:
    """Which of the local stack's servers are not the processes they were."""
    changed = tuple(
        name for name, processes in before.servers.items() if after.servers[name] != processes
    )
    if changed:
        yield server_restarted(servers=changed)


def clock_caveats(before: Clocks, after: Clocks) -> Iterator[Caveat]:
    """Whether the wall clock did something else than pass."""
    passed = after.monotonic - before.monotonic
    step = after.wall - before.wall - passed
    if abs(step) > TOLERATED_STEP_SECONDS + TOLERATED_DRIFT * passed:
        yield clock_stepped(seconds=step)
