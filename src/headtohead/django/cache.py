"""Django's cache backends, counting what each request looks up."""

from collections.abc import Iterable
from typing import Any

from django.core.cache.backends import redis

from headtohead.django.metrics import INVALIDATIONS
from headtohead.django.serving import current_observation

_MISSING = object()


class RedisCache(redis.RedisCache):
    """Django's Redis backend (Valkey speaks the same protocol), counting hits and misses."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Fetch one key."""
        value = super().get(key, _MISSING, version)
        observation = current_observation()
        if value is _MISSING:
            observation.cache_misses += 1
            return default
        observation.cache_hits += 1
        return value

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Fetch several keys in one round trip."""
        keys = list(keys)
        found: dict[Any, Any] = super().get_many(keys, version)
        observation = current_observation()
        observation.cache_hits += len(found)
        observation.cache_misses += len(keys) - len(found)
        return found

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget one key."""
        deleted: bool = super().delete(key, version)
        INVALIDATIONS.inc()
        return deleted

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Forget several keys in one round trip."""
        keys = list(keys)
        super().delete_many(keys, version)
        INVALIDATIONS.inc(len(keys))
