"""Epochs of what is cached, without which a cache that heard of no write serves what it has."""

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection
from pytest_django import Settings
from redis.exceptions import RedisError

from app.caching import epochs, leases, stores
from app.caching.stores import CacheUnavailableError
from app.caching.valkey_connection import DeafValkeyCache
from app.catalog import cache
from app.config.alternatives import CACHE_OUTAGES
from tests.app.caching.conftest import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def one_epoch() -> None:
    """Here they are real."""


@pytest.fixture
def time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of epochs; writers sleep by it."""

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(epochs, "_known", epochs._known._replace(until=-1.0))
    monkeypatch.setattr(epochs, "_connection", None)
    monkeypatch.setattr(epochs, "monotonic", clock)
    monkeypatch.setattr(epochs, "sleep", sleep)
    monkeypatch.setattr(leases, "sleep", sleep)
    return clock


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache hears of no write, and everything else goes on."""

    def unheard(_: object) -> None:
        raise CacheUnavailableError("cut off")

    monkeypatch.setattr(stores.SHARED, "delete_many", unheard)


def read(value: str) -> str:
    return cache.read_through("key", lambda: value)


def test_within_an_epoch_a_value_is_read_once(time: Clock) -> None:
    assert read("old") == "old"
    time.now += 10 * epochs.SECONDS
    assert read("new") == "old"


def test_what_a_cache_did_not_hear_of_is_read_again_once_it_is_acknowledged(
    time: Clock, deaf: None
) -> None:
    read("old")
    cache.forget("key")
    assert time.now >= epochs.SECONDS + leases.SECONDS
    assert read("new") == "new"
    assert read("newer") == "new"


def test_somebody_else_s_epoch_is_known_after_the_time_that_its_writer_waits(time: Clock) -> None:
    read("old")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('catalog_cache_epoch')")
    assert read("new") == "old"
    time.now += epochs.SECONDS
    assert read("new") == "new"


def test_a_reader_that_was_overtaken_leaves_nothing_that_counts(time: Clock, deaf: None) -> None:
    def overtaken() -> str:
        cache.forget("key")
        return "old"

    assert cache.read_through("key", overtaken) == "old"
    assert read("new") == "new"


def test_a_write_that_can_begin_no_epoch_is_not_acknowledged(
    time: Clock, deaf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(epochs.ReliedOn, "begin", fail)
    with pytest.raises(DatabaseError):
        cache.forget("key")


def test_a_server_that_was_started_again_is_another(
    time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read("old")
    first = stores.SHARED.life()
    assert first.startswith("run_id:")
    monkeypatch.setattr(type(caches["default"]), "life", property(lambda _: "run_id:other"))
    assert read("new") == "new"
    monkeypatch.undo()


def test_who_asks_for_the_epoch_is_not_counted(
    time: Clock, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):
        read("old")


@pytest.mark.parametrize(
    ("kept", "found"), [(epochs.AskedFor(), "new"), (epochs.Trusting(), "old")]
)
def test_who_asks_each_time_waits_for_nothing_and_who_trusts_is_wrong(
    time: Clock, deaf: None, monkeypatch: pytest.MonkeyPatch, kept: epochs.Epochs, found: str
) -> None:
    monkeypatch.setattr(epochs, "epochs", lambda: kept)
    read("old")
    cache.forget("key")
    assert time.now < epochs.SECONDS
    assert read("new") == found


def test_a_deaf_cache_hears_of_no_write_but_tells_those_that_are_not(settings: Settings) -> None:
    deaf = settings.CACHES["default"] | CACHE_OUTAGES["writes"]
    caches["default"].set("key", "heard")
    own = DeafValkeyCache(deaf["LOCATION"], deaf)
    own.set("key", "unheard")
    with pytest.raises(RedisError):
        own.delete_many(["key"])
    assert own.get("key") == "unheard"
    assert caches["default"].get("key") is None
    own.delete("key")
