"""Celery and memcached beside a stack, for the experiments that need them."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from headtohead.errors import ConfigurationError, HeadToHeadError
from headtohead.services.memcached import external_memcached
from headtohead.services.running_server import RunningServer
from headtohead.stack import availability, lifecycle
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack
from headtohead.stack.temporary_stack import scratch
from tests.processes import processes_of
from tests.stack.conftest import temporary_stack
from tests.stack.stacks import ignore, settings_in
from tests.stack.test_lifecycle import get
from tests.waiting import eventually

TASK = "shop.work.mark"
PATIENCE = 30.0  # seconds
needs_memcached = pytest.mark.skipif(
    shutil.which("memcached") is None,
    reason="memcached is not installed; sudo apt-get install memcached",
)


@pytest.fixture(scope="module")
def settings() -> Iterator[StackSettings]:
    with temporary_stack() as directory:
        yield settings_in(directory, celery="shop.work", services=("celery",))


def names(running: RunningStack) -> list[str]:
    return [server.name for server in running.servers]


def server(running: RunningStack, name: str) -> RunningServer:
    return next(each for each in running.servers if each.name == name)


def arrives(running: RunningStack, key: str) -> None:
    eventually(lambda: get(running, f"/marked/{key}/") == {key: "done"}, patience=PATIENCE)


@pytest.mark.stack
def test_the_workers_metrics_are_for_no_page_of_another_site(running: RunningStack) -> None:
    url = f"http://{server(running, 'Worker').address}/metrics"
    for headers in ({"Host": "rebound.example"}, {"Origin": "https://site.example"}):
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(url, headers=headers), timeout=PATIENCE)
        with refused.value:
            assert refused.value.code == 403


def metrics_of(worker: RunningServer) -> dict[tuple[str, str], float]:
    with urlopen(f"http://{worker.address}/metrics", timeout=PATIENCE) as page:
        families = text_string_to_metric_families(page.read().decode())
    return {
        (sample.name, sample.labels.get("state", "")): sample.value
        for family in families
        for sample in family.samples
        if sample.labels.get("task") == TASK
    }


@pytest.mark.stack
def test_a_worker_does_what_is_handed_over(running: RunningStack) -> None:
    assert names(running) == ["PostgreSQL", "Valkey", "API", "Worker", "Beat"]
    assert get(running, "/about/")["BROKER_URL"] == running.broker_url
    get(running, "/hand-over/wanted/")
    arrives(running, "wanted")


@pytest.mark.stack
def test_the_beat_sends_what_is_due(running: RunningStack) -> None:
    arrives(running, "beaten")


@pytest.mark.stack
def test_the_queue_is_not_in_the_cache_that_may_be_emptied(running: RunningStack) -> None:
    assert running.broker_url.rpartition("/")[0] == running.cache_url.rpartition("/")[0]
    assert running.broker_url != running.cache_url


@pytest.mark.stack
def test_the_worker_shows_what_tasks_waited_and_took(running: RunningStack) -> None:
    get(running, "/hand-over/counted/")
    arrives(running, "counted")
    worker = server(running, "Worker")
    ended = ("headtohead_task_total", "success")
    eventually(lambda: metrics_of(worker).get(ended, 0) >= 1, patience=PATIENCE)
    metrics = metrics_of(worker)
    assert metrics["headtohead_task_duration_seconds_count", ""] == metrics[ended]
    assert metrics["headtohead_task_queue_seconds_count", ""] >= metrics[ended]
    assert metrics["headtohead_task_queue_seconds_sum", ""] > 0


@pytest.mark.stack
def test_a_killed_worker_is_started_again(running: RunningStack, settings: StackSettings) -> None:
    killed = psutil.Process(server(running, "Worker").pid)
    killed.kill()
    killed.wait()
    assert lifecycle.status(settings) is None
    again = lifecycle.up(settings, progress=ignore)
    assert again.servers[:2] == running.servers[:2]
    get(again, "/hand-over/after/")
    arrives(again, "after")


@pytest.mark.stack
def test_services_stay_where_fewer_are_asked_for(
    running: RunningStack, settings: StackSettings
) -> None:
    assert lifecycle.up(replace(settings, services=()), progress=ignore) == running


@pytest.mark.stack
def test_a_stack_beside_has_a_worker_and_a_queue_of_its_own(
    running: RunningStack, settings: StackSettings
) -> None:
    with scratch(settings, rows=3, seed=1, progress=ignore) as apart:
        assert apart.broker_url != running.broker_url
        get(apart, "/hand-over/apart/")
        arrives(apart, "apart")
    assert get(running, "/marked/apart/") == {"apart": None}
    assert lifecycle.status(settings) == running


@pytest.mark.stack
def test_down_stops_worker_and_beat(running: RunningStack, settings: StackSettings) -> None:
    assert lifecycle.down(settings) == ("Worker", "Beat", "API", "Valkey", "PostgreSQL")
    assert processes_of(settings.directory) == []


@pytest.mark.stack
def test_a_service_joins_a_stack_that_is_up(directory: Path) -> None:
    bare = settings_in(directory, celery="shop.work")
    before = lifecycle.up(bare, progress=ignore)
    after = lifecycle.up(replace(bare, services=("celery",)), progress=ignore)
    assert names(after) == [*names(before), "Worker", "Beat"]
    assert (after.servers[:2], after.api_url) == (before.servers[:2], before.api_url)


@pytest.mark.stack
def test_a_broker_of_the_users_is_used_and_left_alone(
    running: RunningStack, directory: Path
) -> None:
    broker_url = running.cache_url.rpartition("/")[0] + "/5"
    guest = lifecycle.up(
        settings_in(directory, celery="shop.work", services=("celery",), broker_url=broker_url),
        progress=ignore,
    )
    assert guest.broker_url == broker_url
    assert server(guest, "Broker").pid is None
    get(guest, "/hand-over/elsewhere/")
    arrives(guest, "elsewhere")


@pytest.mark.stack
def test_a_cache_of_the_users_is_no_broker(running: RunningStack, directory: Path) -> None:
    settings = settings_in(
        directory, celery="shop.work", services=("celery",), cache_url=running.cache_url
    )
    guest = lifecycle.up(settings, progress=ignore)
    assert server(guest, "Valkey").pid is None
    assert server(guest, "Broker").pid is not None
    assert guest.broker_url.rpartition("/")[0] != running.cache_url.rpartition("/")[0]


@pytest.mark.stack
@pytest.mark.parametrize(
    "app", ["shop.absent", pytest.param("shop.wsgi", marks=pytest.mark.nightly)]
)
def test_a_celery_application_that_is_none(directory: Path, app: str) -> None:
    with pytest.raises(HeadToHeadError) as caught:
        lifecycle.up(settings_in(directory, celery=app, services=("celery",)), progress=ignore)
    assert "does not start" in str(caught.value)
    assert "check `celery` in [tool.headtohead]" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert processes_of(directory) == []


@needs_memcached
@pytest.mark.stack
def test_memcached_comes_up_and_goes_down(directory: Path) -> None:
    settings = settings_in(directory, services=("memcached",))
    running = lifecycle.up(settings, progress=ignore)
    memcached = server(running, "memcached")
    assert names(running) == ["PostgreSQL", "Valkey", "API", "memcached"]
    assert get(running, "/about/")["MEMCACHED_URL"] == running.memcached_url == memcached.address
    guest = external_memcached(running.memcached_url)
    assert guest.server.pid is None
    assert guest.server.version == memcached.version
    if os.geteuid() == 0:
        assert psutil.Process(memcached.pid).username() == "nobody"
    assert lifecycle.down(settings) == ("API", "memcached", "Valkey", "PostgreSQL")
    assert processes_of(directory) == []


def test_what_cannot_be_had_names_what_brings_it(
    settings_of_none: StackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    lack = availability.missing("memcached", settings=settings_of_none)
    assert "sudo apt-get install memcached" in str(lack)
    theirs = replace(settings_of_none, memcached_url="cache.example:11211")
    assert availability.missing("memcached", settings=theirs) is None
    lack = availability.missing("celery", settings=settings_of_none)
    assert "name it as `celery` in [tool.headtohead]" in str(lack)
    project = replace(settings_of_none, celery="shop.work")
    assert availability.missing("celery", settings=project) is None


@pytest.fixture
def settings_of_none(tmp_path: Path) -> StackSettings:
    return settings_in(tmp_path)


@pytest.mark.parametrize("url", ["", "localhost", "localhost:port", "redis://localhost:1", ":1"])
def test_an_address_of_memcached_is_a_host_and_a_port(url: str) -> None:
    with pytest.raises(ConfigurationError, match="host:port"):
        external_memcached(url)


def test_a_memcached_that_does_not_answer_is_named() -> None:
    with pytest.raises(HeadToHeadError, match="no memcached answers at 127.0.0.1:1"):
        external_memcached("127.0.0.1:1")
