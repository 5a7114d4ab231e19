import pytest
from django.core.cache import cache as django_cache

from app.catalog import cache


class Source:
    """A value in the database, and how often it was read."""

    def __init__(self) -> None:
        self.value = "old"
        self.reads = 0

    def read(self) -> str:
        self.reads += 1
        return self.value


@pytest.fixture
def source() -> Source:
    return Source()


def test_a_value_is_read_once(source: Source) -> None:
    values = [cache.read_through("key", source.read) for _ in range(3)]
    assert (values, source.reads) == (["old"] * 3, 1)


def test_an_empty_value_is_cached_too(source: Source) -> None:
    source.value = ""
    cache.read_through("key", source.read)
    assert (cache.read_through("key", source.read), source.reads) == ("", 1)


def test_an_invalidated_value_is_read_again(source: Source) -> None:
    cache.read_through("key", source.read)
    source.value = "new"
    cache.invalidate("key")
    assert cache.read_through("key", source.read) == "new"


def test_other_values_stay(source: Source) -> None:
    cache.read_through("key", source.read)
    cache.invalidate("other")
    cache.read_through("key", source.read)
    assert source.reads == 1


def test_a_reader_overtaken_by_a_write_leaves_nothing_outdated_behind(source: Source) -> None:
    def overtaken() -> str:
        outdated = source.read()
        source.value = "new"
        cache.invalidate("key")
        return outdated

    assert cache.read_through("key", overtaken) == "old"
    assert cache.read_through("key", source.read) == "new"


def test_every_key_expires(source: Source) -> None:
    cache.read_through("key", source.read)
    client = django_cache._cache.get_client()
    keys = client.keys("*")
    assert len(keys) == 2
    assert all(0 < client.ttl(key) <= 300 for key in keys)


def test_without_the_cache_values_are_read_and_writers_carry_on(
    source: Source, cache_down: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert [cache.read_through("key", source.read) for _ in range(2)] == ["old", "old"]
    cache.invalidate("key")
    assert source.reads == 2
    assert {record.levelname for record in caplog.records} == {"WARNING"}


def test_clearing_spares_what_others_keep_there(source: Source) -> None:
    client = django_cache._cache.get_client()
    client.set("somebody-elses", "value", ex=60)
    cache.read_through("key", source.read)
    cache.clear()
    assert client.keys("*") == [b"somebody-elses"]
    client.delete("somebody-elses")
