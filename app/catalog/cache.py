"""Reading through the cache, and forgetting what a write has changed.

Each value is stored with a token of its key's generation, and counts only while that generation
lasts. Invalidating ends the generation. A reader that was overtaken by a write while it read the
database stores its outdated value under the ended generation, where nobody will find it; deleting
the value itself would lose that race and serve the outdated value until it expires.

The cache only ever saves time: when it is unreachable, readers go to the database and writers carry
on. What a writer could not invalidate then expires with the timeout of the cache.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import redis
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

T = TypeVar("T")

CATEGORY_SUMMARY = "category-summary"


def product_facts_key(product_id: int) -> str:
    """The key of what is known about one product."""
    return f"product-facts:{product_id}"


def newest_products_key(category_id: int) -> str:
    """The key of the newest products of one category."""
    return f"newest-products:{category_id}"


def read_through(key: str, read: Callable[[], T]) -> T:
    """The cached value of a key, or what `read` returns, which is then cached.

    Args:
        key: Names the value.
        read: Reads the value, plain data, from the database.
    """
    generation = None
    with _carrying_on():
        generation, stored = _lookup(key)
        if stored and stored[0] == generation:
            value: T = stored[1]
            return value
    value = read()
    if generation:
        with _carrying_on():
            cache.set(key, (generation, value))
    return value


def invalidate(*keys: str) -> None:
    """Forget values; call it once the write that changed them is committed."""
    with _carrying_on():
        cache.delete_many([_generation_key(key) for key in keys])


def clear() -> None:
    """Forget every value of this API, and of nobody else who uses the same server.

    Raises:
        RedisError: The cache is unreachable.
    """
    configuration = settings.CACHES["default"]
    with redis.Redis.from_url(configuration["LOCATION"], **configuration["OPTIONS"]) as client:
        for key in client.scan_iter(match=f"{configuration['KEY_PREFIX']}:*", count=1000):
            client.unlink(key)


def _lookup(key: str) -> tuple[str, tuple[str, object] | None]:
    """The generation of a key, begun if there is none, and what is stored with its generation."""
    generation_key = _generation_key(key)
    found = cache.get_many([generation_key, key])
    generation = found.get(generation_key) or cache.get_or_set(generation_key, uuid.uuid4().hex)
    return generation, found.get(key)


def _generation_key(key: str) -> str:
    return f"{key}:generation"


@contextmanager
def _carrying_on() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        logger.warning("the cache is unreachable, carrying on without it: %s", error)
