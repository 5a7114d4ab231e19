"""Every backend counts each lookup once, whichever of its methods calls the other."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache

from headtohead.django.observation import serving


@pytest.fixture(params=["default", "local-memory", "database", "memcached"])
def cache(request: pytest.FixtureRequest, db: None) -> Iterator[BaseCache]:
    if request.param not in settings.CACHES:
        pytest.skip("memcached is not installed: sudo apt-get install memcached")
    cache = caches[request.param]
    cache.delete_many(["here", "there"])
    yield cache
    cache.delete_many(["here", "there"])


def test_single_lookups_are_counted(cache: BaseCache) -> None:
    cache.set("here", None)
    with serving(None) as observation:
        assert cache.get("here", "default") is None
        assert cache.get("gone", "default") == "default"
    assert (observation.cache_hits, observation.cache_misses) == (1, 1)


def test_lookups_of_several_keys_are_counted_key_by_key(cache: BaseCache) -> None:
    cache.set("here", 1)
    cache.set("there", 2)
    with serving(None) as observation:
        assert cache.get_many(["here", "there", "gone"]) == {"here": 1, "there": 2}
    assert (observation.cache_hits, observation.cache_misses) == (2, 1)
