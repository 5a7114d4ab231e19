"""The connection to Valkey, for as long as there is one."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.config.alternatives import CACHE_PREFIX
from headtohead.django.prometheus.cache import ExportingRedisCache


class LastingRedisClient(RedisCacheClient):
    """Django's client, which makes one of redis-py's for every command: as costly as asking is.

    Each of Django's threads has a client of its own, so one connection is enough for it, and need
    not be fetched from a pool, looked over and given back.
    """

    def __init__(self, servers: Sequence[str], **options: Any) -> None:
        # A server that was started again has closed its connections: that is no failure.
        once_more = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        options = {
            "retry": once_more,
            "redis_connect_func": _connect,
        } | options
        super().__init__(servers, **options)
        self._clients: dict[tuple[int, redis.ConnectionPool], redis.Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        """redis-py's client, connected once for each server and, after a fork, each process."""
        pool = self._get_connection_pool(write)
        found = (os.getpid(), pool)
        if found not in self._clients:
            self._clients[found] = redis.Redis(connection_pool=pool, single_connection_client=True)
        return self._clients[found]


class ValkeyCache(ExportingRedisCache):
    """The counting Redis backend with a client that lasts."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = LastingRedisClient

    @property
    def life(self) -> str:
        """What the server calls itself since it was started, as this thread was told last."""
        return getattr(self._cache.get_client().connection, "life", "")

    def validate_key(self, key: str) -> None:
        """Accept it: only memcached would not, and looking costs as much as packing a command."""


class DeafValkeyCache(ValkeyCache):
    """As where Valkey is cut off whenever something is written, and there whenever it is read.

    The cache of others, who have another prefix, hears of it.
    """

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Forget nothing."""
        theirs = [self.key_func(each, CACHE_PREFIX, version or self.version) for each in keys]
        self._cache.delete_many(theirs)
        raise redis.ConnectionError("cut off, for an experiment")


def _connect(connection: Any) -> None:
    """Greet the server, and ask which one it is."""
    connection.on_connect()
    connection.send_command("INFO", "server")
    facts = connection.read_response().decode().splitlines()
    connection.life = next(each for each in facts if each.startswith("run_id:"))
