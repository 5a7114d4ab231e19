"""What is cached of the catalogue: reading through the cache, and forgetting what a write changed.

Every value expires, so that whatever goes wrong with forgetting ends by itself.
"""

from collections.abc import Callable
from typing import TypeVar

from app.caching.invalidation import coherence

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
    return coherence().read_through(key, read)


def forget(*keys: str) -> None:
    """Forget values; call it within the transaction that changes the rows they were read from."""
    coherence().forget(keys)
