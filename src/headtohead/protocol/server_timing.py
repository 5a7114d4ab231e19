"""The cause of a latency as it travels from server to client in the `Server-Timing` header.

The header's grammar is that of the W3C Server Timing recommendation: counts that are no durations
travel as descriptions.
"""

import re
from dataclasses import dataclass

HEADER = "Server-Timing"

_ENTRY = re.compile(r'\s*([\w-]+)(?:;dur=([\d.]+))?(?:;desc="([^"]*)")?\s*(?:,|$)')


def entries_of(value: str) -> dict[str, str]:
    """The duration or description of each entry of a header, by name; the last of a name counts."""
    return {name: duration or text for name, duration, text in _ENTRY.findall(value)}


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerTiming:
    """What the server says of one request.

    Attributes:
        variant: Identity of the variant whose selector really ran; empty when none did.
        queries: Database queries.
        database_ms: Milliseconds spent in them.
        cache_hits: Cache lookups that found a value.
        cache_misses: Cache lookups that did not.
        total_ms: Milliseconds in the application, middleware included.
    """

    variant: str
    queries: int
    database_ms: float
    cache_hits: int
    cache_misses: int
    total_ms: float

    def to_header(self) -> str:
        """The header's value."""
        return (
            f'variant;desc="{self.variant}", queries;desc="{self.queries}", '
            f'db;dur={self.database_ms:.3f}, cache-hits;desc="{self.cache_hits}", '
            f'cache-misses;desc="{self.cache_misses}", total;dur={self.total_ms:.3f}'
        )

    @classmethod
    def from_header(cls, value: str) -> "ServerTiming | None":
        """Read the header; None when it was not written by `to_header`."""
        entries = entries_of(value)
        try:
            return cls(
                variant=entries["variant"],
                queries=int(entries["queries"]),
                database_ms=float(entries["db"]),
                cache_hits=int(entries["cache-hits"]),
                cache_misses=int(entries["cache-misses"]),
                total_ms=float(entries["total"]),
            )
        except (KeyError, ValueError):
            return None


# Seconds: from half a millisecond, where a cached answer lies, to the ten seconds nobody waits.
BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
