"""A known effect: a delay that a server injects on request, so that a verdict's truth is known."""

import re
from dataclasses import dataclass
from enum import StrEnum

from headtohead.protocol.server_timing import entries_of

# The W3C baggage member that asks for it.
BAGGAGE_DELAY = "h2h.delay"

# More than this nobody needs, and a server that is kept waiting serves nobody else.
LONGEST_MICROSECONDS = 1_000_000

_MEMBER = re.compile(r"(busy|sleep):(\d{1,7})")


class DelayKind(StrEnum):
    """How the time is spent."""

    # The processor works: what slower code does.
    BUSY = "busy"
    # The processor is free: what waiting for another server does.
    SLEEP = "sleep"


@dataclass(frozen=True, kw_only=True)
class InjectedDelay:
    """Time that the server spends before it serves a request.

    Attributes:
        kind: How.
        microseconds: How long, at least; the server says how long it really took.
    """

    kind: DelayKind
    microseconds: int

    def to_member(self) -> str:
        """The value of the baggage member."""
        return f"{self.kind}:{self.microseconds}"

    @classmethod
    def from_member(cls, value: str) -> "InjectedDelay | None":
        """Read the member; None when it is malformed or asks for too much."""
        found = _MEMBER.fullmatch(value)
        if not found or int(found[2]) > LONGEST_MICROSECONDS:
            return None
        return cls(kind=DelayKind(found[1]), microseconds=int(found[2]))


@dataclass(frozen=True, kw_only=True)
class DelayTiming:
    """What the server says of a delayed request, in `Server-Timing`.

    Attributes:
        delay_ms: Milliseconds of the delay.
        last_ms: Milliseconds that the delayed request before this one took its server up to the
            last byte of the response; None where there was none.
    """

    delay_ms: float
    last_ms: float | None

    def to_header(self) -> str:
        """The header's value."""
        last = "" if self.last_ms is None else f", last;dur={self.last_ms:.4f}"
        return f"delay;dur={self.delay_ms:.3f}{last}"

    @classmethod
    def from_header(cls, value: str) -> "DelayTiming | None":
        """Read the header; None when the request was not delayed."""
        entries = entries_of(value)
        if "delay" not in entries:
            return None
        last = entries.get("last")
        return cls(delay_ms=float(entries["delay"]), last_ms=None if last is None else float(last))
