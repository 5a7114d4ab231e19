"""What became of the cache lookups of a request, for its Cache-Status header (RFC 9211)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

HEADER = "Cache-Status"


class Lookup(StrEnum):
    """What became of a lookup, in the parameters of RFC 9211."""

    HIT = "hit"
    MISS = "fwd=miss; stored"
    EARLY = "fwd=stale; stored"
    COLLAPSED = "fwd=miss; collapsed"
    BYPASSED = "fwd=bypass"


_reported: ContextVar[list[str] | None] = ContextVar("cache_lookups", default=None)


@contextmanager
def reporting() -> Iterator[dict[str, str]]:
    """Collect what is looked up within.

    Yields:
        The header, empty until the end, and also then where nothing was looked up.
    """
    reported: list[str] = []
    header: dict[str, str] = {}
    token = _reported.set(reported)
    try:
        yield header
    finally:
        _reported.reset(token)
    if reported:
        header[HEADER] = ", ".join(reported)


def report(key: str, lookup: Lookup) -> None:
    """Say what became of a lookup, by the kind of value, which is what keys begin with."""
    reported = _reported.get()
    if reported is not None:
        reported.append(f"{key.partition(':')[0]}; {lookup}")
