"""Which reads were outdated, from when writes were acknowledged and what reads saw.

A read that was sent after a write had been acknowledged must see that write or a later one; what is
under way at the same time may be seen or not. This is what linearizability (Herlihy, Wing, 1990)
asks of the reads of one register whose writes are numbered.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, kw_only=True)
class Write:
    """A write that was acknowledged.

    Attributes:
        version: The version it made, or a later one.
        acknowledged_at: When its answer was there, in seconds.
    """

    version: int
    acknowledged_at: float


@dataclass(frozen=True, kw_only=True)
class Read:
    """A read.

    Attributes:
        version: The version it saw.
        sent_at: When it was sent, in seconds of the same clock.
    """

    version: int
    sent_at: float


@dataclass(frozen=True, kw_only=True)
class StaleRead:
    """A read that did not see what had been acknowledged before it was sent.

    Attributes:
        read: The read.
        age: Seconds for which what it saw had been outdated when it was sent.
    """

    read: Read
    age: float


def stale_reads(*, writes: Sequence[Write], reads: Sequence[Read]) -> tuple[StaleRead, ...]:
    """The stale ones of the reads, in their order."""
    by_time = sorted(writes, key=lambda write: write.acknowledged_at)
    times = [write.acknowledged_at for write in by_time]
    # The newest version of those acknowledged so far.
    newest = list(accumulate((write.version for write in by_time), max))

    def first_newer_than(version: int) -> float:
        return times[bisect_right(newest, version)]

    stale = []
    for read in reads:
        before = bisect_right(times, read.sent_at)
        if before and read.version < newest[before - 1]:
            stale.append(StaleRead(read=read, age=read.sent_at - first_newer_than(read.version)))
    return tuple(stale)
