"""Django's cache backends, counting what each request looks up."""

from collections.abc import Iterable
from typing import Any

from django.core.cache.backends import db, locmem, memcached, redis

from headtohead.django.metrics_sink import add_invalidations
from headtohead.django.observation import count_lookups

_MISSING = object()


class LocMemCache(locmem.LocMemCache):
    """Django's backend in the memory of this process; it fetches several keys one by one."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Fetch one key."""
        value = super().get(key, _MISSING, version)
        count_lookups(lookups=1, hits=value is not _MISSING)
        return default if value is _MISSING else value


class DatabaseCache(db.DatabaseCache):
    """Django's backend in a table; it fetches one key as one of several."""

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Fetch several keys in one query."""
        keys = list(keys)
        found: dict[Any, Any] = super().get_many(keys, version)
        count_lookups(lookups=len(keys), hits=len(found))
        return found


class PyMemcacheCache(memcached.PyMemcacheCache):
    """Django's memcached backend."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Fetch one key."""
        value = super().get(key, _MISSING, version)
        count_lookups(lookups=1, hits=value is not _MISSING)
        return default if value is _MISSING else value

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Fetch several keys in one round trip."""
        keys = list(keys)
        found: dict[Any, Any] = super().get_many(keys, version)
        count_lookups(lookups=len(keys), hits=len(found))
        return found


class RedisCache(redis.RedisCache):
    """Django's Redis backend (Valkey speaks the same protocol)."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Fetch one key."""
        value = super().get(key, _MISSING, version)
        count_lookups(lookups=1, hits=value is not _MISSING)
        return default if value is _MISSING else value

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Fetch several keys in one round trip."""
        keys = list(keys)
        found: dict[Any, Any] = super().get_many(keys, version)
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
