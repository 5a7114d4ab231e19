"""Generations of cached values: a value counts as long as the generation of its key lasts.

A reader that was overtaken by a write while it read the database stores its outdated value under
the ended generation, where nobody will find it; deleting the value itself would lose that race and
serve the outdated value until it expires. This does what the leases of Nishtala et al. (2013):
Scaling Memcache at Facebook, section 3.2.1, do, in stores that know no leases.
"""

import logging
import uuid
from collections.abc import Iterable

from app.caching import epochs, leases
from app.caching.stores import CacheUnavailableError, Store

logger = logging.getLogger(__name__)


def generation_key(key: str) -> str:
    """Where the generation of a key is kept."""
    return f"{key}:generation"


def begin(store: Store, key: str) -> str:
    """A new generation of a key, or the one that somebody else has begun meanwhile.

    Raises:
        CacheUnavailableError: The store does not answer.
    """
    mine = uuid.uuid4().hex
    kept = generation_key(key)
    if store.add(kept, mine):
        return mine
    # Where that one has ended already, nobody will find what is stored under ours.
    begun: str = store.get_many([kept]).get(kept, mine)
    return begun


def current(store: Store, keys: Iterable[str]) -> dict[str, str]:
    """The generation of each key, begun where there is none.

    Raises:
        CacheUnavailableError: The store does not answer.
    """
    kept = {key: generation_key(key) for key in keys}
    found = store.get_many(kept.values())
    return {key: found.get(kept[key]) or begin(store, key) for key in kept}


def end(stores: Iterable[Store], keys: Iterable[str], *, others: Iterable[str] = ()) -> None:
    """End the current generations of keys, and forget other values, once a write is committed.

    A store that does not answer keeps what it has, so nothing counts any more that was kept before.
    The end is when nobody may rely any more on what was current before.

    Raises:
        DatabaseError: What was kept counts nevertheless: the write must not be acknowledged.
    """
    keys = tuple(keys)
    unheard = False
    for store in stores:
        try:
            store.delete_many([*map(generation_key, keys), *others])
        except CacheUnavailableError:
            unheard = True
            logger.warning("%s heard nothing of the write of %s", store.alias, ", ".join(keys))
    if unheard:
        epochs.epochs().begin()
    if unheard or leases.may_exist(keys):
        leases.outlast()
