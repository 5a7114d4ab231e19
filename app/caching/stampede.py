"""Values that expire soon and are asked for often, and who reads them again when they do.

Nobody invalidates these: a value is as old as its time to live at most. What has to be prevented is
that all who find it expired read it again at once.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from random import expovariate
from typing import TypeVar

from app.caching.cache_status import Lookup, report
from app.caching.stores import CacheUnavailableError, Store, store

T = TypeVar("T")

# Longer than any reading takes, and as long as a reader that died holds up the others at most.
LEASE_SECONDS = 10
POLL_SECONDS = 0.005
# How eagerly values are read before they expire: the mean head start in times that reading takes.
EAGERNESS = 2.0


def unprotected(key: str, read: Callable[[], T], *, seconds: int) -> T:
    """The cached value, or one that everybody reads who finds none."""
    kept = store()
    with suppress(CacheUnavailableError):
        found = kept.get_many([key])
        if key in found:
            return _told(key, Lookup.HIT, found[key])
    return _read_and_keep(kept, key, read, seconds=seconds)


def single_flight(key: str, read: Callable[[], T], *, seconds: int) -> T:
    """The cached value, or one that the first who finds none reads for all.

    The first takes a lease, as in Nishtala et al. (2013), Scaling Memcache at Facebook, section
    3.2.1; the others look again every few milliseconds. A lease ends by itself, so that somebody
    else reads where its holder died.
    """
    kept, lease = store(), f"{key}:lease"
    outcome = Lookup.HIT
    try:
        while True:
            found = kept.get_many([key])
            if key in found:
                return _told(key, outcome, found[key])
            if kept.add(lease, "taken", seconds=LEASE_SECONDS):
                break
            outcome = Lookup.COLLAPSED
            time.sleep(POLL_SECONDS)
        # It may have been stored, and its lease given back, since it was looked for.
        found = kept.get_many([key])
        if key in found:
            kept.delete_many([lease])
            return _told(key, outcome, found[key])
    except CacheUnavailableError:
        return _told(key, Lookup.BYPASSED, read())
    try:
        return _read_and_keep(kept, key, read, seconds=seconds)
    finally:
        with suppress(CacheUnavailableError):
            kept.delete_many([lease])


def early(key: str, read: Callable[[], T], *, seconds: int) -> T:
    """The cached value, which some request reads again before it expires.

    Each request draws whether it is the one, the likelier the nearer the end and the longer reading
    takes, so that nobody has to know of the others: Vattani, Chierichetti, Lowenstein (2015):
    Optimal probabilistic cache stampede prevention. PVLDB 8.
    """
    kept = store()
    outcome = Lookup.MISS
    with suppress(CacheUnavailableError):
        found = kept.get_many([key])
        if key in found:
            value, reading_took, expires_at = found[key]
            if not is_due(expires_in=expires_at - time.time(), reading_takes=reading_took):
                return _told(key, Lookup.HIT, value)
            outcome = Lookup.EARLY
    started = time.time()
    value = read()
    now = time.time()
    try:
        kept.set(key, (value, now - started, now + seconds), seconds=seconds)
    except CacheUnavailableError:
        outcome = Lookup.BYPASSED
    return _told(key, outcome, value)


def is_due(*, expires_in: float, reading_takes: float) -> bool:
    """Draw whether to read a value again.

    Args:
        expires_in: Seconds until it expires.
        reading_takes: Seconds that reading it took the last time.
    """
    return expovariate(1.0) * EAGERNESS * reading_takes >= expires_in


def _read_and_keep(kept: Store, key: str, read: Callable[[], T], *, seconds: int) -> T:
    value = read()
    try:
        kept.set(key, value, seconds=seconds)
    except CacheUnavailableError:
        return _told(key, Lookup.BYPASSED, value)
    return _told(key, Lookup.MISS, value)


def _told(key: str, lookup: Lookup, value: T) -> T:
    report(key, lookup)
    return value
