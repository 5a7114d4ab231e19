"""What two readings say of the time between them, blind to what was measured meanwhile."""

from collections.abc import Iterator

from headtohead import caveats
from headtohead.caveats import Caveat
from headtohead.measurement import Machine
from headtohead.run.reading import Clocks, Reading
from headtohead.run.target import Target

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


def machine(before: Reading, after: Reading, *, target: Target) -> Machine:
    """What became of the cores between two readings.

    What is neither idle nor ours was taken by others. It cannot be told where not all servers are
    the local stack's: the work of a container looks like anybody's. Nor can anything be told of
    two readings within one tick of the system's clock.
    """
    total = after.cpu.total - before.cpu.total
    busy = after.cpu.busy - before.cpu.busy
    own = after.cpu.own - before.cpu.own
    told = bool(target.servers) and target.servers.keys() == target.processes.keys()
    return Machine(
        steal=(after.cpu.steal - before.cpu.steal) / total if total else 0.0,
        # Ticks are coarser than what processes are charged, so the difference can fall below 0.
        others=max(0.0, (busy - own) / total) if told and total else None,
        load=after.load,
    )


def machine_caveats(machine: Machine) -> Iterator[Caveat]:
    """What the use of the cores says against an experiment."""
    others = machine.others or 0.0
    if others > NOTABLE_OTHERS:
        yield caveats.busy_machine(share=others, invalidates=others > TOLERATED_OTHERS)
    if machine.steal > NOTABLE_STEAL:
        yield caveats.stolen_cores(share=machine.steal, invalidates=machine.steal > TOLERATED_STEAL)


def restart_caveats(before: Reading, after: Reading) -> Iterator[Caveat]:
    """Which of the local stack's servers are not the processes they were."""
    changed = tuple(
        name for name, processes in before.servers.items() if after.servers[name] != processes
    )
    if changed:
        yield caveats.server_restarted(servers=changed)


def clock_caveats(before: Clocks, after: Clocks) -> Iterator[Caveat]:
    """Whether the wall clock did something else than pass."""
    passed = after.monotonic - before.monotonic
    step = after.wall - before.wall - passed
    if abs(step) > TOLERATED_STEP_SECONDS + TOLERATED_DRIFT * passed:
        yield caveats.clock_stepped(seconds=step)
