"""Where cached values are kept, and how to carry on without.

A cache only ever saves time: when one is unreachable, readers go to the database and writers carry
on. Time-outs are short, and a circuit breaker keeps requests from waiting for one after another.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache
from pymemcache.exceptions import MemcacheError
from redis.exceptions import RedisError

from app.caching.circuit_breaker import CircuitBreaker
from headtohead.django import seam

logger = logging.getLogger(__name__)

T = TypeVar("T")

FAILURES = 3  # in a row, before a cache is left alone
PAUSE = 5.0  # seconds until it is tried again
_UNREACHABLE = (RedisError, MemcacheError, OSError)


class CacheUnavailableError(Exception):
    """A cache does not answer; what it would have saved has to be done."""


class Store:
    """One of Django's caches behind a circuit breaker.

    Every method raises CacheUnavailableError where the cache does not answer, or did not lately.
    """

    def __init__(self, alias: str) -> None:
        """Keep values in the cache that `settings.CACHES` has under this alias."""
        self.alias = alias
        self.breaker = CircuitBreaker(failures=FAILURES, pause=PAUSE)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """What is there, in one round trip."""
        return self._call(lambda cache: cache.get_many(keys))

    def has_key(self, key: str) -> bool:
        """Whether there is a value, which counts as no lookup."""
        return self._call(lambda cache: cache.has_key(key))

    def add(self, key: str, value: Any, *, seconds: float | None = None) -> bool:
        """Keep a value unless there is one; whether there was none."""
        return self._call(lambda cache: cache.add(key, value, _timeout(seconds)))

    def set(self, key: str, value: Any, *, seconds: float | None = None) -> None:
        """Keep a value, as long as the cache's settings say unless told otherwise."""
        self._call(lambda cache: cache.set(key, value, _timeout(seconds)))

    def delete_many(self, keys: Sequence[str]) -> None:
        """Forget values. It is tried in any case: what is not forgotten will be served."""
        self._call(lambda cache: cache.delete_many(keys), insist=True)

    def life(self) -> str:
        """The life of the server that this thread asked last; a server that restarts begins one."""
        return getattr(caches[self.alias], "life", "")

    def clear(self) -> None:
        """Forget every value of this API.

        In Valkey nobody else's are touched. memcached cannot list its keys, so there all are
        forgotten.
        """
        self._call(_clear, insist=True)

    def _call(self, operation: Callable[[BaseCache], T], *, insist: bool = False) -> T:
        if not insist and not self.breaker.allows():
            raise CacheUnavailableError(f"{self.alias} did not answer lately")
        try:
            answer = operation(caches[self.alias])
        except _UNREACHABLE as error:
            self.breaker.failed()
            logger.warning(
                "the cache %s is unreachable, carrying on without it: %s", self.alias, error
            )
            raise CacheUnavailableError(str(error)) from error
        self.breaker.succeeded()
        return answer


SHARED = Store("default")
NOTHING = Store("nothing")
LOCAL_MEMORY = Store("local-memory")
DATABASE = Store("database")
MEMCACHED = Store("memcached")


@seam
def store() -> Store:
    """Valkey: shared, so that what one process invalidates is invalidated for all."""
    return SHARED


def store_nothing() -> Store:
    """None: every lookup misses."""
    return NOTHING


def store_local_memory() -> Store:
    """The memory of each process, where no other process can invalidate anything.

    What a write in another process changed is served until it expires, which is soon.
    """
    return LOCAL_MEMORY


def store_database() -> Store:
    """A table of the database that was to be spared."""
    return DATABASE


def store_memcached() -> Store:
    """memcached: shared too."""
    return MEMCACHED


def stores_in_use() -> tuple[Store, ...]:
    """Where a write has to be told: everywhere that an experiment may have kept values."""
    return _configured() if settings.HEADTOHEAD["EXPERIMENTS"] else (SHARED,)


def clear() -> None:
    """Forget every value of this API, wherever it is kept.

    Raises:
        CacheUnavailableError: A cache is unreachable.
    """
    for each in _configured():
        each.clear()


def _configured() -> tuple[Store, ...]:
    kept = (SHARED, LOCAL_MEMORY, DATABASE, MEMCACHED)
    return tuple(each for each in kept if each.alias in settings.CACHES)


def _clear(cache: BaseCache) -> None:
    if not isinstance(cache, RedisCache):
        cache.clear()
        return
    client = cache._cache.get_client(write=True)
    for key in client.scan_iter(match=f"{cache.key_prefix}:*", count=1000):
        client.unlink(key)


def _timeout(seconds: float | None) -> Any:
    return DEFAULT_TIMEOUT if seconds is None else seconds
