"""Counts what each request looks up in the project's own caches, which stay what they are."""

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.utils.module_loading import import_string

from headtohead.django.observation import count_lookups

_MISSING = object()

# Within a method of a cache, its other methods are how it does what it was asked for.
_within_cache: ContextVar[bool] = ContextVar("headtohead_within_cache", default=False)


def watch_caches(caches: Mapping[str, Mapping[str, Any]]) -> None:
    """Have the lookups of the project's caches counted, each once.

    A lookup asks for the values of keys: `get`, `get_many`, `has_key`, and what Django builds of
    them (`in`, `get_or_set`, the async methods). What writes is none, though a backend may read.

    Args:
        caches: `settings.CACHES`.
    """
    for backend in {each["BACKEND"] for each in caches.values()}:
        try:
            found = import_string(backend)
        except Exception:  # noqa: BLE001, S112 (whoever uses it is told by Django)
            continue
        _watch(found)


def _watch(backend: type[Any]) -> None:
    # h2h's own count themselves.
    if any(each.__module__ == "headtohead.django.cache" for each in backend.__mro__):
        return
    if "_counted_by_headtohead" in vars(backend):
        return
    backend._counted_by_headtohead = True
    for name, counted in (("get", _get), ("get_many", _get_many), ("has_key", _has_key)):
        setattr(backend, name, counted(getattr(backend, name), backend))
    for name in ("add", "incr", "incr_version"):
        setattr(backend, name, _uncounted(getattr(backend, name)))


def _get(get: Callable[..., Any], backend: type[Any]) -> Callable[..., Any]:
    @wraps(get)
    def counted(
        cache: Any, key: Any, default: Any = None, version: Any = None, *others: Any, **named: Any
    ) -> Any:
        # With what Django does not know, a backend may return the default within something else.
        if others or named or not _counts(cache, backend):
            return get(cache, key, default, version, *others, **named)
        value = _within(get, cache, key, _MISSING, version)
        count_lookups(lookups=1, hits=value is not _MISSING)
        return default if value is _MISSING else value

    return counted


def _get_many(get_many: Callable[..., Any], backend: type[Any]) -> Callable[..., Any]:
    @wraps(get_many)
    def counted(cache: Any, keys: Iterable[Any], *arguments: Any, **named: Any) -> Any:
        if not _counts(cache, backend):
            return get_many(cache, keys, *arguments, **named)
        keys = list(keys)
        found = _within(get_many, cache, keys, *arguments, **named)
        count_lookups(lookups=len(keys), hits=len(found))
        return found

    return counted


def _has_key(has_key: Callable[..., Any], backend: type[Any]) -> Callable[..., Any]:
    @wraps(has_key)
    def counted(cache: Any, *arguments: Any, **named: Any) -> Any:
        if not _counts(cache, backend):
            return has_key(cache, *arguments, **named)
        found = _within(has_key, cache, *arguments, **named)
        count_lookups(lookups=1, hits=bool(found))
        return found

    return counted


def _uncounted(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def uncounted(cache: Any, *arguments: Any, **named: Any) -> Any:
        return _within(method, cache, *arguments, **named)

    return uncounted


def _counts(cache: Any, backend: type[Any]) -> bool:
    # A subclass counts its own lookups, if it is a backend of the project's, or of h2h's.
    return type(cache) is backend and not _within_cache.get()


def _within(method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    token = _within_cache.set(True)
    try:
        return method(*arguments, **named)
    finally:
        _within_cache.reset(token)
