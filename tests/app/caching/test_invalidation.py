import pytest
from django.core.cache import cache as django_cache
from django.db import transaction

from app.caching import cache_status
from app.caching.invalidation import AfterCommit, BeforeCommit
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


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_value_is_read_again(source: Source) -> None:
    cache.read_through("key", source.read)
    source.value = "new"
    cache.forget("key")
    assert cache.read_through("key", source.read) == "new"


@pytest.mark.django_db(transaction=True)
def test_other_values_stay(source: Source) -> None:
    cache.read_through("key", source.read)
    cache.forget("other")
    cache.read_through("key", source.read)
    assert source.reads == 1


@pytest.mark.django_db(transaction=True)
def test_a_reader_overtaken_by_a_write_leaves_nothing_outdated_behind(source: Source) -> None:
    def overtaken() -> str:
        outdated = source.read()
        source.value = "new"
        cache.forget("key")
        return outdated

    assert cache.read_through("key", overtaken) == "old"
    assert cache.read_through("key", source.read) == "new"


@pytest.mark.django_db(transaction=True)
def test_a_reader_between_forgetting_and_the_commit_leaves_nothing_outdated_behind(
    source: Source,
) -> None:
    with transaction.atomic():
        cache.forget("key")
        assert cache.read_through("key", source.read) == "old"
        source.value = "new"  # as others see it from the commit on
    assert cache.read_through("key", source.read) == "new"


@pytest.mark.django_db(transaction=True)
def test_forgetting_before_the_commit_serves_what_a_reader_cached_in_between(
    source: Source,
) -> None:
    broken = BeforeCommit()
    with transaction.atomic():
        broken.forget(["key"])
        assert broken.read_through("key", source.read) == "old"
        source.value = "new"
    assert broken.read_through("key", source.read) == "old"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("served", [AfterCommit(), BeforeCommit()])
def test_forgetting_before_the_commit_harms_nobody_else(
    source: Source, served: AfterCommit | BeforeCommit
) -> None:
    cache.read_through("key", source.read)
    with transaction.atomic():
        served.forget(["key"])
        cache.read_through("key", source.read)
        source.value = "new"
    assert cache.read_through("key", source.read) == "new"


def test_every_key_expires(source: Source) -> None:
    cache.read_through("key", source.read)
    BeforeCommit().read_through("key", source.read)
    client = django_cache._cache.get_client()
    keys = client.keys("*")
    assert len(keys) == 3
    assert all(0 < client.ttl(key) <= 300 for key in keys)


def test_what_became_of_lookups_is_reported(source: Source) -> None:
    with cache_status.reporting() as header:
        cache.read_through("thing:1", source.read)
        cache.read_through("thing:1", source.read)
    assert header == {"Cache-Status": "thing; fwd=miss; stored, thing; hit"}


def test_without_lookups_there_is_nothing_to_report() -> None:
    with cache_status.reporting() as header:
        pass
    assert header == {}


def test_what_cannot_be_read_leaves_nothing_behind() -> None:
    def fail() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        cache.read_through("key", fail)
    assert django_cache._cache.get_client().keys("*") == []
