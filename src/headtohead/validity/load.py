"""Caveats about load that is put on in blocks or at a rate."""

from headtohead.records.results import Caveat


def coarse_blocks(*, variant: str, requests: float, users: int) -> Caveat:
    """Blocks hold so few requests that half a request matters."""
    return Caveat(
        code="coarse-blocks",
        message=f"A block holds about {requests:.0f} requests to {variant} with {in_users(users)}, "
        f"so its throughput may be off by {50 / requests:.0f} %.",
        advice="Take longer blocks with --block.",
        invalidates=False,
    )


def long_requests(*, variant: str, p99_ms: float, block_ms: float, users: int) -> Caveat:
    """The slowest requests take a good part of a block, so many of them meet a switch."""
    return Caveat(
        code="long-requests",
        message=f"p99 of {variant} with {in_users(users)} is {p99_ms:.0f} ms, more than half of a "
        f"block of {block_ms:.0f} ms, so it rests on the few slow requests that fitted into one.",
        advice="Take longer blocks with --block, or fewer --users, for a p99 to rely on.",
        invalidates=False,
    )


def requests_outlast_blocks(*, variant: str, share: float, users: int) -> Caveat:
    """Requests take longer than a block can show, so their percentiles are unknown."""
    return Caveat(
        code="requests-outlast-blocks",
        message=f"{share * 100:.2g} % of the requests to {variant} with {in_users(users)} took "
        "longer than a block can measure.",
        advice="Take longer blocks with --block, or fewer --users.",
        invalidates=True,
    )


def rate_missed(
    *, share: float, tolerated_ms: float, max_ms: float, rate: float, achieved: float
) -> Caveat:
    """The generator itself did not send requests when they were due."""
    return Caveat(
        code="rate-missed",
        message=f"The load generator was more than {tolerated_ms:.3g} ms late for"
        f" {share * 100:.2g} % of the requests, at most {max_ms:.0f} ms: {rate:g} /s were planned,"
        f" {achieved:.3g} /s were sent.",
        advice="Give a lower --rate, or keep other work off the generator's core.",
        invalidates=True,
    )


def unsent_work(*, variant: str, unsent: int, planned: int, users: int) -> Caveat:
    """Requests were given up because everyone who could have sent them waited for the server."""
    return Caveat(
        code="unsent-work",
        message=f"{unsent} of {planned} requests planned for {variant} were never sent: all "
        f"{in_users(users)} waited for answers. Its percentiles are at least what they say.",
        advice="Give a lower --rate; this one is more than the variant can serve.",
        invalidates=False,
    )


def overloaded(*, variant: str, growth: float, rate: float, seconds: float) -> Caveat:
    """A queue grew for as long as requests arrived, so any latency could have been had."""
    return Caveat(
        code="overloaded",
        message=f"{variant} cannot keep up with {rate:g} /s: within {seconds:g} s its median "
        f"response time grew by a factor of {growth:.2g} from the first half to the second.",
        advice="Its times depend on the length of a stretch (--block); compare at a lower --rate.",
        invalidates=False,
    )


def in_users(users: int) -> str:
    """A number of users in words."""
    return f"{users} {'user' if users == 1 else 'users'}"
