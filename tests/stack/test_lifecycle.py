"""A stack that comes up, is asked about, is changed and goes down."""

import json
import os
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest

from headtohead.errors import StackError
from headtohead.host.cores import available_cores, server_cores
from headtohead.stack import lifecycle
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack
from tests.processes import processes_of
from tests.stack.stacks import ignore, settings_in

pytestmark = pytest.mark.stack


def get(running: RunningStack, path: str) -> Any:
    connection = HTTPConnection(running.api_url.removeprefix("http://"))
    connection.request("GET", path)
    body = json.load(connection.getresponse())
    connection.close()
    return body


def test_an_api_on_real_servers_answers(running: RunningStack) -> None:
    assert get(running, "/health/") == {"status": "ok", "items": running.rows}
    assert [(server.name, server.version) for server in running.servers[:2]] == [
        ("PostgreSQL", "18.6"),
        ("Valkey", "9.1.2"),
    ]


def test_the_project_learns_its_surroundings(
    running: RunningStack, settings: StackSettings
) -> None:
    assert get(running, "/about/") == {
        "H2H_SERVE_EXPERIMENTS": "1",
        "H2H_TOKEN": running.token,
        "WEB_CONCURRENCY": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(settings.directory / "prometheus"),
        "BROKER_URL": "",
        "MEMCACHED_URL": "",
    }


def test_a_stack_that_is_up_is_left_alone(running: RunningStack, settings: StackSettings) -> None:
    steps: list[str] = []

    assert lifecycle.up(settings, progress=steps.append) == running
    assert lifecycle.status(settings) == running
    assert steps == []


def test_servers_and_their_children_leave_the_generator_its_core(running: RunningStack) -> None:
    cores = {*server_cores(available_cores())}
    for server in running.servers:
        process = psutil.Process(server.pid)
        for each in (process, *process.children(recursive=True)):
            assert {*each.cpu_affinity()} == cores


def test_servers_have_no_terminal_that_could_interrupt_them(running: RunningStack) -> None:
    assert all(os.getsid(server.pid or 0) == server.pid for server in running.servers)


def test_secrets_are_for_the_owner_alone(running: RunningStack, settings: StackSettings) -> None:
    state = settings.directory / "state.json"

    assert running.token in state.read_text()
    assert state.stat().st_mode & 0o777 == 0o600
    assert settings.directory.stat().st_mode & 0o066 == 0
    assert (settings.directory / ".gitignore").read_text() == "*\n"
    assert running.token not in repr(running)


def test_seeding_replaces_the_rows(running: RunningStack, settings: StackSettings) -> None:
    assert lifecycle.seed(settings, rows=7, seed=5) == "7 items with seed 5\n"
    assert get(running, "/health/")["items"] == 7
    assert lifecycle.status(settings) == replace(running, rows=7)


def test_changed_code_restarts_the_api_where_clients_know_it(
    running: RunningStack, settings: StackSettings
) -> None:
    source = settings.root / "shop" / "urls.py"
    before = source.stat()
    os.utime(source)
    try:
        restarted = lifecycle.up(settings, progress=ignore)
    finally:
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert restarted.servers[2].pid != running.servers[2].pid
    assert restarted.api_url == running.api_url
    assert restarted.servers[:2] == running.servers[:2]


def test_other_workers_restart_the_api_alone(
    running: RunningStack, settings: StackSettings
) -> None:
    changed = lifecycle.up(replace(settings, workers=2), progress=ignore)

    assert changed.servers[:2] == running.servers[:2]
    assert changed.token == running.token
    assert get(changed, "/about/")["WEB_CONCURRENCY"] == "2"
    assert len(psutil.Process(changed.servers[2].pid).children()) == 2


def test_the_users_own_servers_are_used_and_left_alone(
    running: RunningStack, directory: Path
) -> None:
    guest_settings = settings_in(
        directory, database_url=running.database_url, cache_url=running.cache_url
    )
    guest = lifecycle.up(guest_settings, progress=ignore)

    assert get(guest, "/health/")["items"] == running.rows
    assert [server.pid for server in guest.servers[:2]] == [None, None]
    assert lifecycle.down(guest_settings) == ("API",)
    assert get(running, "/health/")["status"] == "ok"


def test_down_leaves_nothing_and_the_rows_stay(
    running: RunningStack, settings: StackSettings
) -> None:
    assert lifecycle.down(settings) == ("API", "Valkey", "PostgreSQL")
    assert processes_of(settings.directory) == []
    assert lifecycle.status(settings) is None
    assert lifecycle.down(settings) == ()
    with pytest.raises(StackError, match="not up.*h2h up"):
        lifecycle.seed(settings, rows=1, seed=1)
    assert lifecycle.up(settings, progress=ignore).rows == running.rows


def test_down_where_nothing_ever_was_makes_no_folder(tmp_path: Path) -> None:
    assert lifecycle.down(settings_in(tmp_path / "nothing")) == ()
    assert list(tmp_path.iterdir()) == []


def test_stacks_live_side_by_side_in_folders_with_awkward_names(
    running: RunningStack, directory: Path, settings: StackSettings
) -> None:
    awkward = directory.parent / ("long" * 25) / "a b,c'$é"
    other = lifecycle.up(settings_in(awkward, rows=3), progress=ignore)

    assert get(other, "/health/")["items"] == 3
    assert lifecycle.down(settings_in(awkward)) == ("API", "Valkey", "PostgreSQL")
    assert lifecycle.status(settings) == running
    assert processes_of(awkward) == []
    assert not Path(other.servers[0].address).exists()
