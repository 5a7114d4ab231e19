"""What looking up, missing and forgetting cost on each way through the cache."""

import pytest
from django.db import transaction

from app.caching import composition, stampede
from app.caching.invalidation import AfterCommit, BeforeCommit
from app.caching.stores import DATABASE, LOCAL_MEMORY, MEMCACHED, NOTHING, SHARED
from app.catalog import cache

VALUE = {"name": "of a product", "price": "12.00", "tags": ["of", "some", "length"] * 20}


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def forgotten():
    """Nothing is cached, also of a run before."""
    for store in (SHARED, LOCAL_MEMORY):
        store.clear()


def read() -> object:
    return VALUE


@pytest.mark.parametrize(
    "coherence", [AfterCommit(), BeforeCommit()], ids=lambda each: type(each).__name__
)
def test_hit(benchmark, coherence):
    coherence.read_through("here", read)
    assert benchmark(coherence.read_through, "here", lambda: pytest.fail("missed")) == VALUE


def test_miss(benchmark):
    def again() -> tuple[tuple[object, ...], dict[str, object]]:
        SHARED.clear()
        return ("gone", read), {}

    assert benchmark.pedantic(cache.read_through, setup=again, rounds=200) == VALUE


def test_forgetting(benchmark):
    def forget() -> None:
        with transaction.atomic():
            cache.forget("here", "there")

    cache.read_through("here", read)
    benchmark(forget)
    assert cache.read_through("here", lambda: "read again") == "read again"


@pytest.mark.parametrize("kept", [stampede.unprotected, stampede.single_flight, stampede.early])
def test_value_that_expires(benchmark, kept):
    assert benchmark(kept, "popular", read, seconds=600) == VALUE


def test_value_made_of_others(benchmark):
    parts = frozenset({"here", "there"})
    assert benchmark(composition.read_composed, "whole", lambda: (VALUE, parts)) == VALUE


@pytest.mark.usefixtures("memcached_url")
@pytest.mark.parametrize(
    "store",
    [NOTHING, LOCAL_MEMORY, DATABASE, MEMCACHED, SHARED],
    ids=lambda store: store.alias,
)
def test_store(benchmark, store):
    store.set("here", VALUE)
    found = benchmark(store.get_many, ["here", "there"])
    assert found == ({} if store is NOTHING else {"here": VALUE})
