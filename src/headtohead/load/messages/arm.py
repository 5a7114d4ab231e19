"""What the load generator is to do, and what it saw: values that cross the process boundary."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

# What a request may take before it fails: to connect, and until something of the answer comes.
CONNECTION_SECONDS = 5.0
NETWORK_SECONDS = 30.0


# The longest a request takes before it fails.
REQUEST_SECONDS = CONNECTION_SECONDS + NETWORK_SECONDS


def longest_seconds(*, arms: int, warm_up: int, seconds: float) -> float:
    """What a plan takes at the very most; a generator still at it then has nobody to end it.

    All of its first requests may time out. What is sent before a request that is measured may take
    many times as long as it, and does not count in a plan's time.

    Args:
        arms: How many arms.
        warm_up: Requests that are sent to each first.
        seconds: Time to spend on what is measured.
    """
    return REQUEST_SECONDS * (warm_up + 10) * arms + 100 * seconds


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One side of a comparison: the full request that a variant serves.

    Attributes:
        identity: Experiment and variant, such as ``product-list/naive``.
        base_url: Scheme, host and port of what serves it.
        reports_timing: Whether what serves it tells what a request took, and which variant it was.
        preceded_by: A request sent whenever load turns to this arm, and not measured.
    """

    identity: str
    base_url: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: str | None
    reports_timing: bool = True
    preceded_by: "Arm | None" = None


class Sample(Struct, frozen=True, kw_only=True, gc=False):
    """One measured request.

    It is no dataclass because one is made for every request, in a fraction of the time.

    Attributes:
        identity: The arm it was sent to.
        started: Seconds since the epoch.
        milliseconds: From sending to the last byte of the body.
        body_bytes: Length of the body.
        checksum: CRC-32 of the body.
        server_timing: The response's `Server-Timing`, or empty.
        error: What went wrong, or empty.
    """

    identity: str
    started: float
    milliseconds: float
    body_bytes: int
    checksum: int
    server_timing: str
    error: str
