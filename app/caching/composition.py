"""Cached values that are made of other cached values, and last as long as each of those does."""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TypeVar

from app.caching import epochs, generations, leases
from app.caching.cache_status import Lookup, report
from app.caching.stores import CacheUnavailableError, store

T = TypeVar("T")

# What values were made of last time. Knowing it before the value is there spares a round trip; the
# value itself says whether it is still so.
_PARTS: dict[str, frozenset[str]] = {}
_MOST_PARTS = 10_000


def read_composed(key: str, make: Callable[[], tuple[T, frozenset[str]]]) -> T:
    """The cached value of a key, or what `make` returns, which is then cached.

    It counts as long as the generations of all its parts last, so that no write has to know it, and
    for as long as there is a lease on it nobody is asked.

    Args:
        key: Names the value.
        make: Makes the value, plain data, and tells the keys that it is made of.
    """
    kept = store()
    if (leased := leases.held(kept, key)) is not None:
        report(key, Lookup.HIT)
        on_lease: T = leased
        return on_lease
    parts = _PARTS.get(key, frozenset())
    asked_at = monotonic()
    try:
        found = kept.get_many(
            [key, *map(generations.generation_key, parts), *leases.announcements(kept, key)]
        )
        match found.get(key):
            case [stamped, dict(made_under), value]:
                pass
            case _:
                stamped, made_under, value = "", {}, None
        if unknown := made_under.keys() - parts:
            found |= kept.get_many([generations.generation_key(part) for part in unknown])
            _remember(key, frozenset(made_under))
        # After all lookups: had the server been started again between two, this tells.
        stamp = epochs.epochs().stamp(kept)
        if stamped == stamp and all(
            found.get(generations.generation_key(part)) == generation
            for part, generation in made_under.items()
        ):
            report(key, Lookup.HIT)
            leases.take(kept, key, value, parts=made_under, found=found, asked_at=asked_at)
            cached: T = value
            return cached
        _, parts = make()
        current = generations.current(kept, parts)
    except CacheUnavailableError:
        report(key, Lookup.BYPASSED)
        return make()[0]
    # Only what is made after its generations were looked up is certain to belong to them.
    made, made_of = make()
    if made_of == parts:
        with suppress(CacheUnavailableError):
            kept.set(key, (stamp, current, made))
        _remember(key, parts)
    report(key, Lookup.MISS)
    return made


def _remember(key: str, parts: frozenset[str]) -> None:
    if len(_PARTS) >= _MOST_PARTS:
        _PARTS.clear()
    _PARTS[key] = parts
