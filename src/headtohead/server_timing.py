"""The cause of a latency as it travels from server to client in the `Server-Timing` header.

The header's grammar is that of the W3C Server Timing recommendation: counts that are no durations
travel as descriptions.
"""

import re
from dataclasses import dataclass

HEADER = "Server-Timing"

_ENTRY = re.compile(r'\s*([\w-]+)(?:;dur=([\d.]+))?(?:;desc="([^"]*)")?\s*(?:,|$)')


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerTiming:
    """What the server says of one request.

    Attributes:
        variant: Identity of the variant whose selector really ran; empty when none did.
        queries: Database queries.
        database_ms: Milliseconds spent in them.
        cache_hits: Cache lookups that found a value.
        cache_misses: Cache lookups that did not.
        total_ms: Milliseconds in the application, middleware and handicap included.
        handicap_ms: Those of them that were wasted on request; None when the request asked for
            no handicap.
        last_ms: Milliseconds that the handicapped request before this one took its server up to the
            last byte of the response; None where there was none.
    """

    variant: str
    queries: int
    database_ms: float
    cache_hits: int
    cache_misses: int
    total_ms: float
    handicap_ms: float | None = None
    last_ms: float | None = None

    def to_header(self) -> str:
        """The header's value."""
        handicap = "" if self.handicap_ms is None else f", handicap;dur={self.handicap_ms:.3f}"
        last = "" if self.last_ms is None else f", last;dur={self.last_ms:.4f}"
        return (
            f'variant;desc="{self.variant}", queries;desc="{self.queries}", '
            f'db;dur={self.database_ms:.3f}, cache-hits;desc="{self.cache_hits}", '
            f'cache-misses;desc="{self.cache_misses}", total;dur={self.total_ms:.3f}'
            f"{handicap}{last}"
        )

    @classmethod
    def from_header(cls, value: str) -> "ServerTiming | None":
        """Read the header; None when it was not written by `to_header`."""
        entries = {name: duration or text for name, duration, text in _ENTRY.findall(value)}
        try:
            return cls(
                variant=entries["variant"],
                queries=int(entries["queries"]),
                database_ms=float(entries["db"]),
                cache_hits=int(entries["cache-hits"]),
                cache_misses=int(entries["cache-misses"]),
                total_ms=float(entries["total"]),
                handicap_ms=float(entries["handicap"]) if "handicap" in entries else None,
                last_ms=float(entries["last"]) if "last" in entries else None,
            )
        except (KeyError, ValueError):
            return None
