"""A real Prometheus beside a real stack."""

import json
import os
import signal
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from headtohead.errors import StackError
from headtohead.experiment import Server
from headtohead.services.databases.postgresql import connect
from headtohead.services.prometheus import FOLDER, announced, configuration
from headtohead.services.running_server import RunningServer
from headtohead.stack import lifecycle, variant_servers
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack
from headtohead.stack.temporary_stack import scratch
from tests.processes import processes_of
from tests.programs import required
from tests.stack.conftest import temporary_stack
from tests.stack.stacks import ignore, settings_in
from tests.waiting import eventually

pytestmark = pytest.mark.stack

NO_PROCESS = 2**22  # Linux gives no higher number


@pytest.fixture(scope="module")
def settings() -> Iterator[StackSettings]:
    required("prometheus", package="prometheus")
    with temporary_stack() as directory:
        yield settings_in(directory, prometheus=True)


def server(running: RunningStack, name: str) -> RunningServer:
    return next(each for each in running.servers if each.name == name)


def one_server(*, pid: int) -> RunningServer:
    return RunningServer(name="API", pid=pid, address="127.0.0.1:1", log=None, version="1")


def ask(running: RunningStack, path: str, **parameters: str) -> Any:
    query = urllib.parse.urlencode(parameters)
    url = f"http://{running.watched.address}/api/v1/{path}?{query}"
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)["data"]


def test_prometheus_scrapes_the_stack_and_waits_for_a_run(running: RunningStack) -> None:
    targets = {each["labels"]["job"]: each for each in ask(running, "targets")["activeTargets"]}
    addresses = {job: target["discoveredLabels"]["__address__"] for job, target in targets.items()}
    assert addresses["api"] == running.api_url.removeprefix("http://")
    assert addresses["generator"] == f"127.0.0.1:{running.watched.generator_port}"
    assert addresses["prometheus"] == running.watched.address
    assert targets["generator"]["scrapeInterval"] == "1s"


def beside_targets(running: RunningStack) -> dict[str, str]:
    """The addresses of servers of variants that Prometheus scrapes, by their names."""
    targets = ask(running, "targets")["activeTargets"]
    return {
        each["labels"]["server"]: each["labels"]["instance"]
        for each in targets
        if each["labels"]["job"] == "beside"
    }


def test_servers_of_variants_are_scraped_while_they_are_up(running: RunningStack) -> None:
    declared = {"shop/red": Server(upstream="shop.upstream:application")}
    with variant_servers.beside(running.directory, declared) as started:
        expected = {"API shop/red": started["shop/red"].address}
        # It looks for changes as often as it scrapes.
        eventually(lambda: beside_targets(running) == expected)
    eventually(lambda: beside_targets(running) == {})


def test_servers_whose_owner_was_killed_are_no_targets_of_the_next(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    gone = folder / f"{NO_PROCESS}.json"
    gone.write_text("[]")
    with announced(tmp_path, [one_server(pid=os.getpid())]):
        assert [each.name for each in folder.iterdir()] == [f"{os.getpid()}.json"]
    assert [*folder.iterdir()] == []


def test_where_nobody_watches_nothing_is_written(tmp_path: Path) -> None:
    with announced(tmp_path, [one_server(pid=os.getpid())]):
        assert [*tmp_path.iterdir()] == []


def test_it_is_one_of_the_servers_that_status_shows(
    running: RunningStack, settings: StackSettings
) -> None:
    prometheus = server(running, "Prometheus")
    assert prometheus.version[0].isdigit()
    assert psutil.Process(prometheus.pid).is_running()
    assert lifecycle.status(settings) == running


def test_a_watched_database_keeps_statistics_of_statements(running: RunningStack) -> None:
    with closing(connect(running.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 + 1")
        cursor.execute("SELECT calls FROM pg_stat_statements WHERE query = 'SELECT $1 + $2'")
        ((calls,),) = cursor.fetchall()
    assert calls >= 1


@pytest.mark.nightly
def test_a_database_that_runs_without_them_is_started_again_when_it_is_to_be_watched(
    settings: StackSettings,
) -> None:
    lifecycle.down(settings)
    plain = lifecycle.up(replace(settings, prometheus=False), progress=ignore)
    with closing(connect(plain.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW shared_preload_libraries")
        assert cursor.fetchall() == [("",)]
    again = lifecycle.up(settings, progress=ignore)
    assert server(again, "PostgreSQL").pid != server(plain, "PostgreSQL").pid
    assert again.rows == plain.rows


def test_who_does_not_ask_for_it_leaves_it_alone(
    running: RunningStack, settings: StackSettings
) -> None:
    assert lifecycle.up(replace(settings, prometheus=False), progress=ignore) == running


@pytest.mark.nightly
def test_other_workers_restart_the_api_and_prometheus_still_finds_it(
    running: RunningStack, settings: StackSettings
) -> None:
    changed = lifecycle.up(replace(settings, workers=2, prometheus=False), progress=ignore)
    assert changed.watched == running.watched
    assert server(changed, "Prometheus").address == running.watched.address


def test_one_that_was_killed_is_started_again_where_it_was(
    running: RunningStack, settings: StackSettings
) -> None:
    process = psutil.Process(server(running, "Prometheus").pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert lifecycle.status(settings) is None
    again = lifecycle.up(settings, progress=ignore)
    assert again.watched == running.watched
    assert server(again, "Prometheus").pid != process.pid


def test_a_stack_beside_it_is_not_watched(running: RunningStack, settings: StackSettings) -> None:
    with scratch(settings, rows=3, seed=1, progress=ignore) as apart:
        assert apart.watched is None
    assert lifecycle.status(settings) == running


def test_down_stops_it_and_leaves_no_process(
    running: RunningStack, settings: StackSettings
) -> None:
    stopped = lifecycle.down(settings)
    assert stopped[0] == "Prometheus"
    assert stopped[-3:] == ("API", "Valkey", "PostgreSQL")
    assert processes_of(settings.directory) == []


def test_where_it_is_not_installed_nothing_is_started_and_the_fix_is_told(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(StackError, match="no prometheus on PATH; sudo apt-get install prometheus"):
        lifecycle.up(settings_in(directory, prometheus=True), progress=ignore)
    assert processes_of(directory) == []


def test_rules_of_the_project_are_read_from_its_folder() -> None:
    written = json.loads(configuration(jobs={}, token="secret", rules=Path("/srv/shop/rules")))
    assert written["rule_files"] == ["/srv/shop/rules/*.yml"]
