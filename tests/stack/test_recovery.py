"""Stacks that were left half-dead come up again, and strangers come to no harm."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest

from headtohead.host.interrupts import interrupt_once
from headtohead.services.running_server import RunningServer
from headtohead.stack import lifecycle
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack, is_held, is_left_behind, locked
from tests.processes import processes_of
from tests.stack.stacks import PROJECT, ignore, settings_in
from tests.stack.test_temporary_stack import databases, kill_within_scratch

pytestmark = pytest.mark.stack

DIE_WHILE_MIGRATING = """
import os, signal, sys
from pathlib import Path
from headtohead.stack import lifecycle
from tests.stack.stacks import settings_in

def die(step):
    if step.startswith("migrating"):
        os.kill(os.getpid(), signal.SIGKILL)

lifecycle.up(settings_in(Path(sys.argv[1])), progress=die)
"""


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def kill(server: RunningServer) -> None:
    process = psutil.Process(server.pid)
    process.kill()
    process.wait()


@pytest.mark.parametrize("index", [0, 1, 2], ids=["PostgreSQL", "Valkey", "API"])
def test_a_killed_server_is_started_again(
    running: RunningStack, settings: StackSettings, index: int
) -> None:
    killed = running.servers[index]
    kill(killed)

    assert lifecycle.status(settings) is None
    again = lifecycle.up(settings, progress=ignore)
    assert again.servers[index].pid != killed.pid
    assert again.rows == running.rows
    assert lifecycle.status(settings) == again


def test_a_database_server_that_hangs_is_replaced(
    running: RunningStack, settings: StackSettings
) -> None:
    hung = psutil.Process(running.servers[0].pid)
    kill(running.servers[2])
    hung.suspend()

    again = lifecycle.up(settings, progress=ignore)

    assert again.servers[0].pid != hung.pid
    assert not hung.is_running() or hung.status() == psutil.STATUS_ZOMBIE


def test_a_stranger_who_got_the_database_servers_pid_is_left_alone(
    running: RunningStack, settings: StackSettings, stranger: subprocess.Popen[bytes]
) -> None:
    data = settings.directory / "postgres"
    lines = (data / "postmaster.pid").read_text().splitlines()
    lifecycle.down(settings)
    lines[0] = str(stranger.pid)
    for lock in (data / "postmaster.pid", data / ".s.PGSQL.5432.lock"):
        lock.write_text("\n".join(lines) + "\n")

    again = lifecycle.up(settings, progress=ignore)

    assert again.rows == running.rows
    assert stranger.poll() is None


def test_a_stranger_who_got_the_apis_pid_is_left_alone(
    running: RunningStack, settings: StackSettings, stranger: subprocess.Popen[bytes]
) -> None:
    state = settings.directory / "state.json"
    fields = json.loads(state.read_text())
    fields["stack"]["servers"][2]["pid"] = stranger.pid
    fields["created"]["API"] -= 60
    state.write_text(json.dumps(fields))

    assert lifecycle.status(settings) is None
    assert lifecycle.down(settings) == ("API", "Valkey", "PostgreSQL")
    assert stranger.poll() is None


def test_a_state_file_that_makes_no_sense_counts_as_none(
    running: RunningStack, settings: StackSettings
) -> None:
    (settings.directory / "state.json").write_text('{"stack": ')

    again = lifecycle.up(settings, progress=ignore)

    assert again.servers[0] == running.servers[0]
    api = psutil.Process(again.servers[2].pid)
    found = processes_of(settings.directory)
    assert {each for each in found if "gunicorn" in each.cmdline()} == {api, *api.children()}


def test_servers_outlive_their_folder_but_not_down(directory: Path) -> None:
    settings = settings_in(directory)
    lifecycle.up(settings, progress=ignore)
    shutil.rmtree(directory)

    assert lifecycle.down(settings) == ("API", "Valkey", "PostgreSQL")


def test_an_interrupted_initdb_is_begun_anew(directory: Path) -> None:
    with locked(directory, progress=ignore):
        unfinished = directory / "postgres-unfinished-1"
        unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    lifecycle.up(settings_in(directory), progress=ignore)

    assert not unfinished.exists()


def test_what_a_killed_up_started_is_taken_over(directory: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", DIE_WHILE_MIGRATING, directory],
        cwd=PROJECT.parents[2],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert processes_of(directory) != []

    lifecycle.up(settings_in(directory), progress=ignore)


def test_an_interrupted_up_leaves_nothing(settings: StackSettings) -> None:
    def interrupt(step: str) -> None:
        if step.startswith("starting the API"):
            raise KeyboardInterrupt

    lifecycle.down(settings)
    with pytest.raises(KeyboardInterrupt):
        lifecycle.up(settings, progress=interrupt)

    assert processes_of(settings.directory) == []
    assert not (settings.directory / "state.json").exists()


DIE_WHILE_UP = """
import os, signal, sys
from pathlib import Path
from headtohead.stack import lifecycle
from tests.stack.stacks import ignore, settings_in

lifecycle.up(settings_in(Path(sys.argv[1])), progress=ignore, for_a_while=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_who_is_up_for_a_while(directory: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", DIE_WHILE_UP, directory], cwd=PROJECT.parents[2], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert processes_of(directory) != []


def test_the_stack_of_a_command_that_was_killed_is_not_taken_for_the_users(directory: Path) -> None:
    kill_who_is_up_for_a_while(directory)
    settings, told = settings_in(directory), []
    left = lifecycle.status(settings)

    assert lifecycle.up(settings, progress=told.append, for_a_while=True) == left

    assert told == ["taking over the stack of an h2h that was killed: it is stopped in the end"]
    assert is_held(directory), "whoever took it over takes it down"


def test_the_stack_of_a_command_that_was_killed_is_the_users_once_he_asks_for_it(
    directory: Path,
) -> None:
    kill_who_is_up_for_a_while(directory)
    settings, told = settings_in(directory), []

    lifecycle.up(settings, progress=told.append)

    assert told == ["taking over the stack of an h2h that was killed: it stays up now"]
    assert not is_left_behind(directory)
    lifecycle.up(settings, progress=ignore, for_a_while=True)
    assert not is_held(directory), "it was up already"


def test_what_a_killed_command_left_beside_the_stack_is_gone_with_the_next_that_uses_it(
    running: RunningStack, settings: StackSettings
) -> None:
    before = databases(running)
    kill_within_scratch(settings)
    (name,) = databases(running) - before
    told: list[str] = []

    assert lifecycle.up(settings, progress=told.append) == running

    assert databases(running) == before
    assert processes_of(settings.directory / "scratch") == []
    (line,) = told
    assert line.startswith("an h2h that was killed left ")
    assert f"database {name}, " in line
    assert "API" in line


def test_a_second_interrupt_cuts_no_clean_up_of_an_up_short(directory: Path) -> None:
    settings = settings_in(directory)

    def hang_up(step: str) -> None:
        if step.startswith("starting the API"):
            signal.raise_signal(signal.SIGTERM)

    before = {each: signal.signal(each, interrupt_once) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        with pytest.raises(KeyboardInterrupt), repeated(signal.SIGHUP):
            lifecycle.up(settings, progress=hang_up)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert processes_of(directory) == []


@contextmanager
def repeated(number: signal.Signals) -> Iterator[None]:
    """Send this process a signal again and again once it cleans up after another one."""
    over = Event()

    def send() -> None:
        while not over.wait(0.005):
            if signal.getsignal(signal.SIGTERM) is not interrupt_once:
                os.kill(os.getpid(), number)

    thread = Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
