"""A known effect: time that the server wastes on request, so that a verdict's truth is known."""

import re
from dataclasses import dataclass
from enum import StrEnum

# The W3C baggage member that asks for it.
BAGGAGE_HANDICAP = "h2h.handicap"
# More than this nobody needs, and a server that is kept waiting serves nobody else.
LONGEST_MICROSECONDS = 1_000_000

_MEMBER = re.compile(r"(busy|sleep):(\d{1,7})")


class HandicapKind(StrEnum):
    """How the time is spent."""

    # The processor works: what slower code does.
    BUSY = "busy"
    # The processor is free: what waiting for another server does.
    SLEEP = "sleep"


@dataclass(frozen=True, kw_only=True)
class Handicap:
    """Time to waste on a request.

    Attributes:
        kind: How.
        microseconds: How long, at least; the server says how long it really took.
    """

    kind: HandicapKind
    microseconds: int

    def to_member(self) -> str:
        """The value of the baggage member."""
        return f"{self.kind}:{self.microseconds}"

    @classmethod
    def from_member(cls, value: str) -> "Handicap | None":
        """Read the member; None when it is malformed or asks for too much."""
        found = _MEMBER.fullmatch(value)
        if not found or int(found[2]) > LONGEST_MICROSECONDS:
            return None
        return cls(kind=HandicapKind(found[1]), microseconds=int(found[2]))
