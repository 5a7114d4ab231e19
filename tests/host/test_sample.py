"""Real processes that do what must not happen in mid-run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from headtohead.stack.target import Target
from headtohead.validity import host
from headtohead.validity.host import clock_caveats, machine, machine_caveats, restart_caveats

BURNING = "import os, sys; os.sched_setaffinity(0, [int(sys.argv[1])])\nwhile True: pass"
# A main process that replaces its worker when it is told to, as gunicorn does.
MAIN = """
import signal, subprocess, sys

def replace(*_):
    global worker
    worker.kill()
    worker.wait()
    worker = subprocess.Popen(["sleep", "600"])
    print("replaced", flush=True)

worker = subprocess.Popen(["sleep", "600"])
signal.signal(signal.SIGHUP, replace)
print("ready", flush=True)
while True:
    signal.pause()
"""


def target(**processes: int) -> Target:
    return Target(
        base_url="http://127.0.0.1:9",
        token="",
        rows=0,
        servers=dict.fromkeys(processes, "1"),
        processes=processes,
    )


@contextmanager
def main_process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", MAIN], stdout=subprocess.PIPE, text=True) as main:
        try:
            main.stdout.readline()
            yield main
        finally:
            for child in psutil.Process(main.pid).children():
                child.kill()
            main.kill()


def await_(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def burning_every_core() -> Iterator[Callable[[], bool]]:
    """Burn all cores; what it gives says whether each burner has had half a second of CPU."""
    burners = [
        subprocess.Popen([sys.executable, "-c", BURNING, str(core)])
        for core in os.sched_getaffinity(0)
    ]

    def have_burnt() -> bool:
        return all(psutil.Process(each.pid).cpu_times().user > 0.5 for each in burners)

    try:
        yield have_burnt
    finally:
        for each in burners:
            each.kill()
            each.wait()


@contextmanager
def strangers_burning() -> Iterator[Callable[[], bool]]:
    """The same by processes that are nobody's children: what ours use is our own."""
    detach = (
        "import sys; from subprocess import DEVNULL, Popen\n"
        "print(Popen(sys.argv[1:], stdout=DEVNULL).pid)"
    )
    burners = [
        psutil.Process(
            int(
                subprocess.check_output(
                    [sys.executable, "-c", detach, sys.executable, "-c", BURNING, str(core)],
                    text=True,
                )
            )
        )
        for core in os.sched_getaffinity(0)
    ]
    try:
        yield lambda: all(each.cpu_times().user > 0.5 for each in burners)
    finally:
        for each in burners:
            each.kill()


@pytest.mark.load
def test_processes_that_eat_the_cores_are_seen():
    with main_process() as main, strangers_burning() as have_burnt:
        here = target(API=main.pid)
        before = here.sample_host()
        await_(have_burnt)
        found = machine(before, here.sample_host(), ours=here.is_ours)
    assert "busy-machine" in {caveat.code for caveat in machine_caveats(found)}


@pytest.mark.load
def test_work_of_the_servers_own_processes_is_not_that_of_others():
    with burning_every_core() as have_burnt:
        here = target(
            **{str(child.pid): child.pid for child in psutil.Process().children(recursive=True)}
        )
        before = here.sample_host()
        await_(have_burnt)
        after = here.sample_host()
    burnt = after.cpu.own - before.cpu.own
    assert burnt > 0.4 * len(os.sched_getaffinity(0))


@pytest.mark.process
def test_a_replaced_worker_is_a_restart():
    with main_process() as main:
        here = target(API=main.pid)
        before = here.sample_host()
        assert list(restart_caveats(before, here.sample_host())) == []
        main.send_signal(signal.SIGHUP)
        main.stdout.readline()
        (caveat,) = restart_caveats(before, here.sample_host())
    assert caveat.code == "server-restarted"


@pytest.mark.process
def test_workers_count_for_the_api_alone_because_a_databases_come_and_go():
    with main_process() as main:
        here = target(PostgreSQL=main.pid)
        before = here.sample_host()
        main.send_signal(signal.SIGHUP)
        main.stdout.readline()
        assert list(restart_caveats(before, here.sample_host())) == []


@pytest.mark.process
def test_workers_of_a_server_beside_the_api_count_like_its_own():
    with main_process() as main:
        here = target(**{"API e/one": main.pid})
        before = here.sample_host()
        main.send_signal(signal.SIGHUP)
        main.stdout.readline()
        assert list(restart_caveats(before, here.sample_host())) == [
            host.server_restarted(servers=("API e/one",))
        ]


@pytest.mark.process
def test_a_server_that_ended_is_seen():
    with main_process() as main:
        here = target(Valkey=main.pid)
        before = here.sample_host()
    assert list(restart_caveats(before, here.sample_host())) == [
        host.server_restarted(servers=("Valkey",))
    ]


def test_clocks_agree_while_nobody_sets_them():
    here = target()
    before, after = here.sample_host(), here.sample_host()
    assert list(clock_caveats(before.clocks, after.clocks)) == []


@pytest.mark.load
def test_work_of_processes_that_we_started_is_ours_while_they_live():
    program = (
        "import time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\nimport sys\n"
        "sys.stdin.read()"
    )
    before = target().sample_host()
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        after = target().sample_host()
        child.stdin.close()
    assert after.cpu.own - before.cpu.own >= 0.4
