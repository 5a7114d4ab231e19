"""The connection to Valkey, for as long as there is one."""

from typing import Any

import redis
from django.core.cache.backends.redis import RedisCacheClient

from headtohead.django.prometheus import ExportingRedisCache


class LastingRedisClient(RedisCacheClient):
    """Django's client, which makes one of redis-py's for every command: as costly as asking is."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clients: dict[redis.ConnectionPool, redis.Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        """redis-py's client, which any thread may use, made once for each server."""
        pool = self._get_connection_pool(write)
        if pool not in self._clients:
            self._clients[pool] = super().get_client(key, write=write)
        return self._clients[pool]


class ValkeyCache(ExportingRedisCache):
    """The counting Redis backend with a client that lasts."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = LastingRedisClient
