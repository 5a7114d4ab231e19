"""Django's cache backends, counting what each request looks up.

They keep plain data, and no pickles (`headtohead.django.cache_codec`).
"""

from collections.abc import Iterable
from typing import Any

from django.core.cache.backends import db, locmem, memcached, redis

from headtohead.django.cache_codec import UNREADABLE, Codec, without_pickle
from headtohead.django.metrics_sink import add_invalidations
from headtohead.django.observation import count_lookups

_MISSING = object()


@without_pickle
class _LocMemCache(locmem.LocMemCache):
    pass


@without_pickle
class _DatabaseCache(db.DatabaseCache):
    pass


def _readable(found: dict[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in found.items() if value is not UNREADABLE}


class LocMemCache(_LocMemCache):
    """Django's backend in the memory of this process; it fetches several keys one by one."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Fetch one key."""
        value = super().get(key, _MISSING, version)
        hit = value is not _MISSING and value is not UNREADABLE
        count_lookups(lookups=1, hits=hit)
        return value if hit else default


class DatabaseCache(_DatabaseCache):
    """Django's backend in a table; it fetches one key as one of several."""

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Fetch several keys in one query."""
        keys = list(keys)
        found = _readable(super().get_many(keys, version))
        count_lookups(lookups=len(keys), hits=len(found))
        return found


class PyMemcacheCache(memcached.PyMemcacheCache):
    """Django's memcached backend."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"serde": Codec()} | params.get("OPTIONS", {})
        super().__init__(server, {**params, "OPTIONS": options})

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Fetch one key."""
        value = super().get(key, _MISSING, version)
        hit = value is not _MISSING and value is not UNREADABLE
        count_lookups(lookups=1, hits=hit)
        return value if hit else default

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Fetch several keys in one round trip."""
        keys = list(keys)
        found = _readable(super().get_many(keys, version))
        count_lookups(lookups=len(keys), hits=len(found))
        return found


class RedisCache(redis.RedisCache):
    """Django's Redis backend (Valkey speaks the same protocol)."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"serializer": Codec} | params.get("OPTIONS", {})
        super().__init__(server, {**params, "OPTIONS": options})

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Fetch one key."""
        value = super().get(key, _MISSING, version)
        hit = value is not _MISSING and value is not UNREADABLE
        count_lookups(lookups=1, hits=hit)
        return value if hit else default

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Fetch several keys in one round trip."""
        keys = list(keys)
        found = _readable(super().get_many(keys, version))
        count_lookups(lookups=len(keys), hits=len(found))
        return found

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget one key."""
        deleted: bool = super().delete(key, version)
        add_invalidations(1)
        return deleted

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Forget several keys in one round trip."""
        keys = list(keys)
        super().delete_many(keys, version)
        add_invalidations(len(keys))
