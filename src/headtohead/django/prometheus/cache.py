"""Cache lookups in django-prometheus' metrics, under its names.

Its middleware is not used: it costs a good part of a cheap request, and ours counts them all.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django_prometheus.cache.metrics import (
    django_cache_get_fail_total,
    django_cache_get_total,
    django_cache_hits_total,
    django_cache_misses_total,
)

from headtohead.django.cache import RedisCache
from headtohead.django.metrics_sink import RECORDER

_MISSING = object()
# Looked up once and not with every lookup.
_LOOKUPS, _FAILURES, _HITS, _MISSES = (
    metric.labels(backend="redis")
    for metric in (
        django_cache_get_total,
        django_cache_get_fail_total,
        django_cache_hits_total,
        django_cache_misses_total,
    )
)


class ExportingRedisCache(RedisCache):
    """The counting Redis backend, whose lookups django-prometheus' metrics count as well.

    Its own backend counts single lookups alone, and not those of several keys in one round trip.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Fetch one key."""
        try:
            value = super().get(key, _MISSING, version)
        except Exception:
            RECORDER.add(partial(_count_failed, 1))
            raise
        RECORDER.add(partial(_count, lookups=1, hits=value is not _MISSING))
        return default if value is _MISSING else value

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Fetch several keys in one round trip."""
        keys = list(keys)
        try:
            found = super().get_many(keys, version)
        except Exception:
            RECORDER.add(partial(_count_failed, len(keys)))
            raise
        RECORDER.add(partial(_count, lookups=len(keys), hits=len(found)))
        return found


def _count_failed(lookups: int) -> None:
    _LOOKUPS.inc(lookups)
    _FAILURES.inc(lookups)


def _count(*, lookups: int, hits: int) -> None:
    _LOOKUPS.inc(lookups)
    # Adding nothing takes as long as adding something.
    if hits:
        _HITS.inc(hits)
    if lookups > hits:
        _MISSES.inc(lookups - hits)
