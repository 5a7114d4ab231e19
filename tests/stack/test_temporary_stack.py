"""A stack beside the stack."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from headtohead.errors import StackError
from headtohead.services import valkey
from headtohead.stack import lifecycle, temporary_stack
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack
from tests.processes import processes_of
from tests.stack.stacks import PROJECT, ignore, settings_in
from tests.stack.test_lifecycle import get

pytestmark = pytest.mark.stack

KILLED = """
import os, signal, sys
from pathlib import Path
from headtohead.stack.temporary_stack import scratch
from tests.stack.stacks import PROJECT, ignore, settings_in

settings = settings_in(Path(sys.argv[1]))
with scratch(settings, rows=5, seed=2, progress=ignore):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def databases(running: RunningStack) -> set[str]:
    connection = psycopg2.connect(running.database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")
            return {name for (name,) in cursor.fetchall()}
    finally:
        connection.close()


def remember(running: RunningStack, value: str) -> None:
    with redis.Redis.from_url(running.cache_url) as client:
        client.set("mine", value)


def remembered(running: RunningStack) -> Any:
    with redis.Redis.from_url(running.cache_url) as client:
        return client.get("mine")


def test_rows_of_its_own_and_the_users_stay(running: RunningStack, settings: StackSettings) -> None:
    before = databases(running)
    remember(running, "kept")
    with temporary_stack.scratch(settings, rows=5, seed=2, progress=ignore) as apart:
        assert get(apart, "/health/")["items"] == 5
        assert apart.api_url != running.api_url
        # Whosever server it is, these rows are made up.
        password = "/environment/?name=DEMO_PASSWORD"
        assert get(apart, password) == get(running, password)
        remember(apart, "other")
        valkey.empty_cache(apart.cache_url)
        assert remembered(apart) is None
    assert lifecycle.status(settings) == running
    assert get(running, "/health/")["items"] == running.rows
    assert remembered(running) == b"kept"
    assert databases(running) == before
    assert processes_of(settings.directory / "scratch") == []


def test_the_planner_knows_its_tables(running: RunningStack, settings: StackSettings) -> None:
    with temporary_stack.scratch(settings, rows=5, seed=2, progress=ignore) as apart:
        connection = psycopg2.connect(apart.database_url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'shop_item'")
            assert cursor.fetchone() == (5,)
        connection.close()


def test_an_error_within_leaves_nothing(running: RunningStack, settings: StackSettings) -> None:
    before = databases(running)
    with (
        pytest.raises(KeyboardInterrupt),
        temporary_stack.scratch(settings, rows=5, seed=2, progress=ignore),
    ):
        raise KeyboardInterrupt
    assert databases(running) == before
    assert processes_of(settings.directory / "scratch") == []


def kill_within_scratch(settings: StackSettings) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, settings.directory], cwd=PROJECT.parents[2], check=False
    )
    assert killed.returncode == -signal.SIGKILL


def test_one_that_was_killed_makes_room_for_the_next(
    running: RunningStack, settings: StackSettings
) -> None:
    before = databases(running)
    kill_within_scratch(settings)
    assert processes_of(settings.directory / "scratch") != []
    with temporary_stack.scratch(settings, rows=6, seed=2, progress=ignore) as apart:
        assert get(apart, "/health/")["items"] == 6
    assert databases(running) == before


def test_down_stops_one_that_was_killed(running: RunningStack, settings: StackSettings) -> None:
    kill_within_scratch(settings)
    lifecycle.down(settings)
    assert processes_of(settings.directory) == []


def test_whoever_may_create_no_database_is_told_what_to_do(
    running: RunningStack, directory: Path
) -> None:
    connection = psycopg2.connect(running.database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE humble LOGIN IN ROLE pg_read_all_data")
    connection.close()
    url = running.database_url.replace("//postgres@", "//humble@")
    guest = settings_in(directory, database_url=url, cache_url=running.cache_url)
    lifecycle.up(guest, progress=ignore)
    with (
        pytest.raises(StackError, match=r"may not do that; let it \(ALTER ROLE"),
        temporary_stack.scratch(guest, rows=5, seed=2, progress=ignore),
    ):
        pass


def test_stacks_that_share_a_server_of_the_users_do_not_meet(
    running: RunningStack, settings: StackSettings, directory: Path
) -> None:
    guest = settings_in(directory, database_url=running.database_url, cache_url=running.cache_url)
    lifecycle.up(guest, progress=ignore)
    with (
        temporary_stack.scratch(settings, rows=5, seed=2, progress=ignore) as one,
        temporary_stack.scratch(guest, rows=6, seed=2, progress=ignore) as other,
    ):
        assert get(one, "/health/")["items"] == 5
        assert get(other, "/health/")["items"] == 6
        names = {urlsplit(each.database_url).path.removeprefix("/") for each in (one, other)}
        assert len(names & databases(running)) == 2
        assert other.cache_url != running.cache_url
    assert not names & databases(running)


def test_a_stack_that_is_not_up_has_none_beside_it(directory: Path) -> None:
    with (
        pytest.raises(StackError, match="not up.*h2h up"),
        temporary_stack.scratch(settings_in(directory), rows=5, seed=2, progress=ignore),
    ):
        pass
