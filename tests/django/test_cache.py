import pytest
from django.core.cache import cache
from django.test import override_settings
from prometheus_client import REGISTRY
from redis.exceptions import RedisError

from headtohead.django.metrics_sink import RECORDER

LOOKUPS = "django_cache_get_total"
HITS = "django_cache_get_hits_total"
MISSES = "django_cache_get_misses_total"
FAILURES = "django_cache_get_fail_total"


def counted(name: str) -> float:
    RECORDER.flush()
    return REGISTRY.get_sample_value(name, {"backend": "redis"}) or 0


def test_lookups_of_one_key_and_of_several_are_counted_under_django_prometheus_names(servers):
    cache.set("here", None)
    before = [counted(name) for name in (LOOKUPS, HITS, MISSES)]
    assert cache.get("here", "default") is None
    assert cache.get("gone", "default") == "default"
    assert cache.get_many(["here", "gone", "away"]) == {"here": None}
    after = [counted(name) for name in (LOOKUPS, HITS, MISSES)]
    assert [new - old for new, old in zip(after, before, strict=True)] == [5, 2, 3]


def test_lookups_that_fail_are_neither_hits_nor_misses(settings):
    unreachable = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    before = [counted(name) for name in (LOOKUPS, HITS, MISSES, FAILURES)]
    with override_settings(CACHES={"default": unreachable}), pytest.raises(RedisError):
        cache.get_many(["here", "gone"])
    after = [counted(name) for name in (LOOKUPS, HITS, MISSES, FAILURES)]
    assert [new - old for new, old in zip(after, before, strict=True)] == [2, 0, 0, 2]


def test_deleted_keys_are_counted_as_invalidations(servers):
    name = "headtohead_cache_invalidations_total"
    before = REGISTRY.get_sample_value(name)
    cache.delete("here")
    cache.delete_many(key for key in ("here", "gone"))
    assert REGISTRY.get_sample_value(name) == before + 3
