"""Cache lookups in django-prometheus' metrics, under its names: that costs some microseconds.

Its middleware is not used: it costs a good part of a cheap request, and ours counts them all.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django_prometheus.cache.metrics import (
    django_cache_get_fail_total,
    django_cache_get_total,
    django_cache_hits_total,
    django_cache_misses_total,
)

from headtohead.django.cache import RedisCache

_MISSING = object()
_BACKEND = "redis"


class ExportingRedisCache(RedisCache):
    """The counting Redis backend, whose lookups django-prometheus' metrics count as well.

    Its own backend counts single lookups alone, and not those of several keys in one round trip.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Fetch one key."""
        with _lookups(1):
            value = super().get(key, _MISSING, version)
        _count(lookups=1, hits=value is not _MISSING)
        return default if value is _MISSING else value

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Fetch several keys in one round trip."""
        keys = list(keys)
        with _lookups(len(keys)):
            found = super().get_many(keys, version)
        _count(lookups=len(keys), hits=len(found))
        return found


@contextmanager
def _lookups(number: int) -> Iterator[None]:
    django_cache_get_total.labels(backend=_BACKEND).inc(number)
    try:
        yield
    except Exception:
        django_cache_get_fail_total.labels(backend=_BACKEND).inc(number)
        raise


def _count(*, lookups: int, hits: int) -> None:
    django_cache_hits_total.labels(backend=_BACKEND).inc(hits)
    django_cache_misses_total.labels(backend=_BACKEND).inc(lookups - hits)
