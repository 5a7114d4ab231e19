"""Caveats about load that is put on in blocks or at a rate."""

from headtohead.report.numbers import percent
from headtohead.validity.generator import TOLERATED_HOLD_UP_MS
from headtohead.validity.rule import caveat

# Share of requests that may outlast a block before p99 is unknown.
TOLERATED_UNRESOLVED = 0.01
# A request that the generator reaches when the next one is due was not sent as planned, and where
# the next one is far off, one that waited longer than a busy scheduler makes a process wait. From
# one in twenty on, p95 would be the generator's, and bunches its making.
TOLERATED_LAG_MS = 20.0
TOLERATED_LATE_SHARE = 0.05


@caveat(
    "coarse-blocks",
    weakens_when="half a request is more than the margin of the requests in a block",
)
def coarse_blocks(*, variant: str, requests: float, users: int) -> tuple[str, str]:
    """Blocks hold so few requests that half a request matters."""
    return (
        (
            f"A block holds about {requests:.0f} requests to {variant} with {in_users(users)}, "
            f"so its throughput may be off by {50 / requests:.0f} %."
        ),
        "Take longer blocks with --block.",
    )


@caveat("long-requests", weakens_when="the p99 is more than half of a block")
def long_requests(*, variant: str, p99_ms: float, block_ms: float, users: int) -> tuple[str, str]:
    """The slowest requests take a good part of a block, so many of them meet a switch."""
    return (
        (
            f"p99 of {variant} with {in_users(users)} is {p99_ms:.0f} ms, more than half of a"
            f" block of {block_ms:.0f} ms, so it rests on the few slow requests that fit in one."
        ),
        "Take longer blocks with --block, or fewer --users, for a p99 to rely on.",
    )


@caveat(
    "requests-outlast-blocks",
    invalidates_when=(
        f"more than {percent(TOLERATED_UNRESOLVED)} of the requests took longer than a block"
        " can measure"
    ),
)
def requests_outlast_blocks(*, variant: str, share: float, users: int) -> tuple[str, str]:
    """Requests take longer than a block can show, so their percentiles are unknown."""
    return (
        (
            f"{share * 100:.2g} % of the requests to {variant} with {in_users(users)} took "
            "longer than a block can measure."
        ),
        "Take longer blocks with --block, or fewer --users.",
    )


@caveat(
    "rate-missed",
    invalidates_when=(
        "the generator of an open model was itself late for more than"
        f" {percent(TOLERATED_LATE_SHARE)} of the requests, or once by"
        f" {TOLERATED_HOLD_UP_MS / 1000:g} s"
    ),
)
def rate_missed(
    *, share: float, tolerated_ms: float, max_ms: float, rate: float, achieved: float
) -> tuple[str, str]:
    """The generator itself did not send requests when they were due."""
    return (
        (
            f"The load generator was more than {tolerated_ms:.3g} ms late for"
            f" {share * 100:.2g} % of the requests, at most {max_ms:.0f} ms: {rate:g} /s were"
            f" planned, {achieved:.3g} /s were sent."
        ),
        "Give a lower --rate, or keep other work off the generator's core.",
    )


@caveat(
    "unsent-work",
    weakens_when="requests of an open model were never sent, as all users waited for answers",
)
def unsent_work(*, variant: str, unsent: int, planned: int, users: int) -> tuple[str, str]:
    """Requests were given up because everyone who could have sent them waited for the server."""
    return (
        (
            f"{unsent} of {planned} requests planned for {variant} were never sent: all "
            f"{in_users(users)} waited for answers. Its percentiles are at least what they say."
        ),
        "Give a lower --rate; this one is more than the variant can serve.",
    )


@caveat(
    "overloaded",
    weakens_when="response times of an open model grew for as long as requests arrived",
)
def overloaded(*, variant: str, growth: float, rate: float, seconds: float) -> tuple[str, str]:
    """A queue grew for as long as requests arrived, so any latency could have been had."""
    return (
        (
            f"{variant} cannot keep up with {rate:g} /s: within {seconds:g} s its median "
            f"response time grew by a factor of {growth:.2g} from the first half to the second."
        ),
        "Its times depend on the length of a stretch (--block); compare at a lower --rate.",
    )


def in_users(users: int) -> str:
    """A number of users in words."""
    return f"{users} {'user' if users == 1 else 'users'}"
