"""How cached values follow the rows that they were read from."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol, TypeVar

from django.db import transaction

from app.caching import epochs, generations
from app.caching.cache_status import Lookup, report
from app.caching.stores import CacheUnavailableError, store, stores_in_use
from headtohead.django import seam

T = TypeVar("T")

SLOW_FILL_SECONDS = 0.005
# Several readers' worth, or nobody reads in between on a slow machine.
SLOW_TRANSACTION_SECONDS = 0.05


class Coherence(Protocol):
    """When values are forgotten, and which of them count."""

    def read_through(self, key: str, read: Callable[[], T]) -> T:
        """The cached value of a key, or what `read` returns, which is then cached."""

    def forget(self, keys: Sequence[str]) -> None:
        """Forget values; called within the transaction that changes their rows."""


@seam
def coherence() -> Coherence:
    """No value outlives an acknowledged write."""
    return AfterCommit()


def coherence_before_commit() -> Coherence:
    """Values may outlive writes until they expire: what not to do."""
    return BeforeCommit()


class AfterCommit:
    """Generations of values end once a write is committed and before it is acknowledged.

    Before the commit, another request would read the old rows and cache them again; after a
    rollback there is nothing to forget.
    """

    def read_through(self, key: str, read: Callable[[], T]) -> T:
        """The value of the current generation, or one that is read now."""
        kept = store()
        try:
            found = kept.get_many([generations.generation_key(key), key])
            generation = found.get(generations.generation_key(key)) or generations.begin(kept, key)
        except CacheUnavailableError:
            report(key, Lookup.BYPASSED)
            return read()
        stamp = epochs.epochs().stamp(kept)
        match found.get(key):
            case [stamped, of, stored] if (stamped, of) == (stamp, generation):
                report(key, Lookup.HIT)
                cached: T = stored
                return cached
        try:
            value = read()
        except Exception:
            # There is no such thing, and whoever asks for many is to leave nothing behind.
            if generations.generation_key(key) not in found:
                with suppress(CacheUnavailableError):
                    kept.delete_many([generations.generation_key(key)])
            raise
        with suppress(CacheUnavailableError):
            kept.set(key, (stamp, generation, value))
        report(key, Lookup.MISS)
        return value

    def forget(self, keys: Sequence[str]) -> None:
        """End the generations at the commit."""
        others = tuple(map(_without_generation, keys))
        transaction.on_commit(partial(generations.end, stores_in_use(), keys, others=others))


class BeforeCommit:
    """Values are deleted while the transaction is still open.

    A request between that and the commit caches the old rows again, and so does one that has read
    them before and is slow to store them. Here both surely happen under load: what remains of the
    transaction takes far longer than a fill, so that outdated values are there at the commit and
    later readers find them, rather than storing new ones over them. Only what this class itself
    caches is forgotten so badly.
    """

    def read_through(self, key: str, read: Callable[[], T]) -> T:
        """The value that is there, or one that is read now."""
        kept, here = store(), _without_generation(key)
        try:
            found = kept.get_many([here])
        except CacheUnavailableError:
            report(key, Lookup.BYPASSED)
            return read()
        if here in found:
            report(key, Lookup.HIT)
            cached: T = found[here]
            return cached
        value = read()
        time.sleep(SLOW_FILL_SECONDS)
        with suppress(CacheUnavailableError):
            kept.set(here, value)
        report(key, Lookup.MISS)
        return value

    def forget(self, keys: Sequence[str]) -> None:
        """Delete the values at once; those of others are forgotten as they should be."""
        with suppress(CacheUnavailableError):
            store().delete_many([_without_generation(key) for key in keys])
        time.sleep(SLOW_TRANSACTION_SECONDS)
        transaction.on_commit(partial(generations.end, stores_in_use(), keys))


def _without_generation(key: str) -> str:
    return f"{key}:without-generation"
