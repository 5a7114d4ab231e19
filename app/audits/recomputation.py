"""How many requests read a value again each time that it expires."""

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

from headtohead.audit import AuditedVariant, Fact

CLIENTS = 50
EXPIRIES = 5


def bursts(times: Sequence[float], *, pause: float) -> list[int]:
    """How many events there are between pauses of at least that length.

    Args:
        times: When events happened, in seconds.
        pause: Seconds without an event that end a burst.
    """
    if not times:
        return []
    sizes = [1]
    for one, next_one in pairwise(sorted(times)):
        if next_one - one >= pause:
            sizes.append(0)
        sizes[-1] += 1
    return sizes


def facts(
    variant: AuditedVariant, *, seconds: float, most: float | None, waits: bool
) -> Iterator[Fact]:
    """State what many clients of one key made of it.

    Args:
        variant: What serves them.
        seconds: After which the value expires.
        most: How many may read the value again at one expiry; None where more than one must, or the
            audit is blind.
        waits: Whether requests may find the value expired.
    """
    variant.require(variant.experiment.request)
    again: list[float] = []
    expired: list[float] = []
    until = time.monotonic() + (EXPIRIES + 0.5) * seconds

    def ask_on() -> None:
        while time.monotonic() < until:
            answer = variant.require(variant.experiment.request)
            status = answer.headers.get("Cache-Status", "")
            if "stored" in status:
                again.append(answer.received_at)
            if "fwd=miss" in status:
                expired.append(answer.received_at)

    variant.concurrently([ask_on] * CLIENTS, users=CLIENTS)
    sizes = bursts(again, pause=seconds / 2)
    yield Fact(name="clients", value=CLIENTS)
    yield Fact(name="expiries", value=len(sizes), expected="some", holds=bool(sizes))
    yield Fact(
        name="recomputations per expiry",
        value=len(again) / max(len(sizes), 1),
        expected="more than 1: the lesson" if most is None else f"{most:g} at most",
        holds=len(again) > len(sizes) if most is None else max(sizes, default=0) <= most,
    )
    yield Fact(
        name="requests that found it expired, per expiry",
        value=len(expired) / max(len(sizes), 1),
        expected="" if waits else "less than 1",
        holds=waits or len(expired) < len(sizes),
    )
