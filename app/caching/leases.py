"""Leases: for a moment, what was current counts as current without asking again.

A page that is asked for all the time would have the shared cache asked each time whether it still
holds, which takes longer than all else. So a process that has asked relies on the answer for some
milliseconds, and a write is acknowledged only once all such leases have ended: no read that is sent
after that sees what was there before. Only durations count, no two clocks have to agree. This is
what Gray and Cheriton (1989): Leases, an efficient fault-tolerant mechanism for distributed file
cache consistency, do, except that a writer waits for leases to end and asks nobody for leave.

Nobody waits for leases that do not exist: whoever means to have some announces it first.
"""

from collections.abc import Collection, Container, Iterable
from contextlib import suppress
from time import monotonic, sleep
from typing import Any, NamedTuple

from app.caching.stores import SHARED, CacheUnavailableError, Store

SECONDS = 0.01
ANNOUNCED_SECONDS = 10.0
# Between two questions: for what is asked more seldom, a lease would have ended in between.
BUSY_SECONDS = 0.1
_MOST_LEASES = 1_000
_NEVER = float("-inf")


class _Lease(NamedTuple):
    """What a process knows of a value; replaced as a whole, because threads share it.

    Attributes:
        value: As it was when the store was asked last.
        parts: The keys that it was made of.
        asked_at: When the store was asked last.
        ends_at: Until when it counts.
        announced_until: Until when writers of its parts know that there may be leases.
    """

    value: Any = None
    parts: frozenset[str] = frozenset()
    asked_at: float = _NEVER
    ends_at: float = _NEVER
    announced_until: float = _NEVER


_NONE = _Lease()
_LEASES: dict[str, _Lease] = {}


def held(store: Store, key: str) -> Any:
    """The value of a key that there is a lease on, or None."""
    lease = _known(store, key)
    return lease.value if monotonic() < lease.ends_at else None


def announcements(store: Store, key: str) -> tuple[str, ...]:
    """What has to be found with a value for a lease on it; nothing where none was announced."""
    lease = _known(store, key)
    if monotonic() >= lease.announced_until:
        return ()
    return tuple(map(_announcement_key, lease.parts))


def take(
    store: Store,
    key: str,
    value: Any,
    *,
    parts: Iterable[str],
    found: Container[str],
    asked_at: float,
) -> None:
    """Hold a value that is current, if it is asked for often enough.

    Args:
        store: Where it is kept.
        key: Its key.
        value: The value.
        parts: The keys that it is made of.
        found: The keys that were found with it.
        asked_at: When the store had not yet been asked for it, in seconds of the monotonic clock.
    """
    if store is not SHARED:
        return  # no writer asks any other for announcements
    parts = frozenset(parts)
    last = _known(store, key)
    announced = all(_announcement_key(part) in found for part in parts)
    announced_until = last.announced_until if announced else _NEVER
    ends_at = asked_at + SECONDS
    if ends_at > announced_until:
        # A writer who has not heard of it waits for nobody, so only the next answer is relied on.
        ends_at = _NEVER
        if asked_at - last.asked_at < BUSY_SECONDS:
            announced_until = _announce(parts)
    if len(_LEASES) >= _MOST_LEASES:
        _LEASES.clear()
    _LEASES[key] = _Lease(value, parts, asked_at, ends_at, announced_until)


def may_exist(parts: Iterable[str]) -> bool:
    """Whether values made of these may be on lease; asked once they are no longer current."""
    try:
        return any(SHARED.has_key(_announcement_key(part)) for part in parts)
    except CacheUnavailableError:
        return True


def outlast() -> None:
    """Wait until every lease has ended that there is now."""
    sleep(SECONDS)


def _known(store: Store, key: str) -> _Lease:
    return _LEASES.get(key, _NONE) if store is SHARED else _NONE


def _announce(parts: Collection[str]) -> float:
    now = monotonic()
    with suppress(CacheUnavailableError):
        for part in parts:
            SHARED.set(_announcement_key(part), "", seconds=ANNOUNCED_SECONDS)
        return now + ANNOUNCED_SECONDS
    return _NEVER


def _announcement_key(part: str) -> str:
    return f"{part}:on-lease"
