from dataclasses import replace

import psutil
import pytest

from headtohead.host.sample import Clocks, CpuTimes, HostSample
from headtohead.stack.target import Target
from headtohead.validity import host
from headtohead.validity.host import clock_caveats, machine, machine_caveats, restart_caveats

LOCAL = Target(
    base_url="http://127.0.0.1:9",
    token="",
    rows=0,
    servers={"API": "1"},
    processes={"API": 1},
)


def reading(**cpu: float) -> HostSample:
    seconds = {"total": 0.0, "busy": 0.0, "steal": 0.0, "own": 0.0} | cpu
    return HostSample(
        clocks=Clocks(wall=0, monotonic=0), cpu=CpuTimes(**seconds), servers={}, load=0.7
    )


def codes(after: HostSample) -> list[str]:
    return [each.code for each in machine_caveats(machine(reading(), after, ours=LOCAL.is_ours))]


def test_others_took_what_is_neither_idle_nor_ours():
    found = machine(reading(), reading(total=20, busy=12, own=7, steal=2), ours=LOCAL.is_ours)
    assert (found.others, found.steal, found.load) == (0.25, 0.1, 0.7)


def test_coarse_ticks_never_make_others_negative():
    assert machine(reading(), reading(total=20, busy=7, own=7.1), ours=LOCAL.is_ours).others == 0


def test_nothing_is_told_of_two_readings_within_a_tick():
    found = machine(reading(), reading(own=0.003), ours=LOCAL.is_ours)
    assert (found.others, found.steal) == (None, 0.0)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(replace(LOCAL, servers={}, processes={}), id="served elsewhere"),
        pytest.param(replace(LOCAL, servers={"API": "1", "Redis": "8"}), id="a cache of one's own"),
    ],
)
def test_others_are_unknown_where_a_server_is_not_ours(target):
    found = machine(reading(), reading(total=20, busy=20), ours=target.is_ours)
    assert found.others is None
    assert list(machine_caveats(found)) == []


def test_a_quiet_machine_has_no_caveat():
    assert codes(reading(total=20, busy=10, own=9, steal=0.2)) == []


def test_a_busy_and_a_crowded_machine_are_told_and_do_not_invalidate():
    assert codes(reading(total=20, busy=10, own=6)) == ["busy-machine"]
    assert codes(reading(total=20, steal=2)) == ["stolen-cores"]
    busy = machine(reading(), reading(total=20, busy=7, steal=4), ours=LOCAL.is_ours)
    assert not any(caveat.invalidates for caveat in machine_caveats(busy))


@pytest.mark.parametrize("cpu", [{"busy": 9.0}, {"steal": 6.0}], ids=["others", "hypervisor"])
def test_a_machine_whose_cores_are_taken_invalidates(cpu):
    taken = machine(reading(), reading(total=20, **cpu), ours=LOCAL.is_ours)
    (caveat,) = machine_caveats(taken)
    assert caveat.invalidates


def test_the_same_processes_are_no_restart():
    here = frozenset([psutil.Process()])
    before = replace(reading(), servers={"API": here})
    assert list(restart_caveats(before, replace(before, servers={"API": frozenset(here)}))) == []


def test_a_server_whose_processes_changed_was_restarted():
    here, nobody = frozenset([psutil.Process()]), frozenset()
    before = replace(reading(), servers={"PostgreSQL": here, "Valkey": here, "API": here})
    after = replace(before, servers={"PostgreSQL": nobody, "Valkey": here, "API": nobody})
    (caveat,) = restart_caveats(before, after)
    assert caveat == host.server_restarted(servers=("PostgreSQL", "API"))


@pytest.mark.parametrize(
    ("wall", "passed"),
    [
        pytest.param(10.0, 10.0, id="steady"),
        pytest.param(120.06, 120.0, id="steered at 0.05 %"),
        pytest.param(10.09, 10.0, id="below what ntpd would set"),
    ],
)
def test_a_clock_that_passes_is_no_caveat(wall, passed):
    before = Clocks(wall=1_700_000_000.0, monotonic=50.0)
    after = Clocks(wall=1_700_000_000.0 + wall, monotonic=50.0 + passed)
    assert list(clock_caveats(before, after)) == []


@pytest.mark.parametrize(
    ("wall", "stepped"),
    [
        pytest.param(10.5, 0.5, id="set forward"),
        pytest.param(-3590.0, -3600, id="set back an hour"),
        pytest.param(310.0, 300, id="slept for five minutes"),
    ],
)
def test_a_clock_that_is_set_or_a_machine_that_slept_invalidates(wall, stepped):
    before = Clocks(wall=1_700_000_000.0, monotonic=50.0)
    after = Clocks(wall=1_700_000_000.0 + wall, monotonic=60.0)
    (caveat,) = clock_caveats(before, after)
    assert caveat == host.clock_stepped(seconds=stepped)
