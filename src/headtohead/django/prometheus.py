"""django-prometheus where requests are measured, too.

Its middleware costs 14 to 24 % of a cheap request, which would drown the effects that a timing pass
looks for, so it stands aside for them. Ordinary traffic is counted as usual. Cache lookups are
counted for all, under its names: that costs some microseconds.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django_prometheus.cache.metrics import (
    django_cache_get_fail_total,
    django_cache_get_total,
    django_cache_hits_total,
    django_cache_misses_total,
)
from django_prometheus.middleware import PrometheusAfterMiddleware, PrometheusBeforeMiddleware

from headtohead.django.cache import RedisCache
from headtohead.django.choice import current_choice

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


class UnmeasuredPrometheusBeforeMiddleware(PrometheusBeforeMiddleware):  # type: ignore[misc]
    """The outer half of django-prometheus' middleware."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count the request unless it is served by an experiment."""
        response: HttpResponseBase = (
            self.get_response(request) if current_choice() else super().__call__(request)
        )
        return response


class UnmeasuredPrometheusAfterMiddleware(PrometheusAfterMiddleware):  # type: ignore[misc]
    """The inner half of django-prometheus' middleware."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count the request unless it is served by an experiment."""
        response: HttpResponseBase = (
            self.get_response(request) if current_choice() else super().__call__(request)
        )
        return response

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        *view_args: Any,
        **view_kwargs: Any,
    ) -> None:
        """Count the view unless the request is served by an experiment."""
        if not current_choice():
            super().process_view(request, view_func, *view_args, **view_kwargs)
