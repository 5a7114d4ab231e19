"""Every reason to trust a number less, as a value that carries its advice."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Caveat:
    """A named reason to trust a number less.

    Attributes:
        code: Stable kebab-case name for machines.
        message: What was seen, as a sentence.
        advice: What to do about it, as a sentence.
        invalidates: Whether the measurement must not be used at all.
    """

    code: str
    message: str
    advice: str
    invalidates: bool


def too_few_pairs(*, pairs: int, needed: int) -> Caveat:
    """The run ended before there was enough to judge by."""
    return Caveat(
        code="too-few-pairs",
        message=f"Only {pairs} request pairs were taken; a verdict needs {needed}.",
        advice="Give the run more time with --budget.",
        invalidates=True,
    )


def request_errors(*, variant: str, errors: int, requests: int, example: str) -> Caveat:
    """Some measured requests failed, so their times are those of an error page."""
    return Caveat(
        code="request-errors",
        message=f"{errors} of {requests} requests to {variant} failed ({example}).",
        advice="Read the API's log (`h2h status` shows where) and run again once it is mended.",
        invalidates=True,
    )


def variant_not_applied(*, variant: str, requests: int) -> Caveat:
    """The server did not confirm that the chosen variant served the request."""
    return Caveat(
        code="variant-not-applied",
        message=f"The server did not confirm {variant} on {requests} measured requests.",
        advice="Check that experiments are switched on and that the view calls the seam.",
        invalidates=True,
    )


def body_changed(*, variant: str, sizes: tuple[int, int]) -> Caveat:
    """A response's size changed during the run, so the arms did not do the same work throughout."""
    return Caveat(
        code="body-changed",
        message=f"Responses of {variant} were between {sizes[0]} and {sizes[1]} bytes long.",
        advice="Keep other writers away from the database while measuring.",
        invalidates=True,
    )


def busy_machine(*, share: float) -> Caveat:
    """Other processes used the cores just before the measurement."""
    return Caveat(
        code="busy-machine",
        message=f"Other processes used {share * 100:.0f} % of the cores just before measuring.",
        advice="Intervals widen on a busy machine; stop other work for a sharper answer.",
        invalidates=False,
    )


def single_core() -> Caveat:
    """Generator and server share a core, so client time and server time mix."""
    return Caveat(
        code="single-core",
        message="The load generator and the servers share one core.",
        advice="Use a machine with two cores or more to keep them apart.",
        invalidates=False,
    )


def too_few_rounds(*, rounds: int, users: int, needed: int) -> Caveat:
    """A run in blocks ended before there was enough to judge by."""
    return Caveat(
        code="too-few-rounds",
        message=f"Only {rounds} rounds of blocks were taken with {_users(users)}; "
        f"a verdict needs {needed}.",
        advice="Give the run more time with --budget.",
        invalidates=True,
    )


def coarse_blocks(*, variant: str, requests: float, users: int) -> Caveat:
    """Blocks hold so few requests that half a request matters."""
    return Caveat(
        code="coarse-blocks",
        message=f"A block holds about {requests:.0f} requests to {variant} with {_users(users)}, "
        f"so its throughput may be off by {50 / requests:.0f} %.",
        advice="Take longer blocks with --block.",
        invalidates=False,
    )


def long_requests(*, variant: str, p99_ms: float, block_ms: float, users: int) -> Caveat:
    """The slowest requests take a good part of a block, so many of them meet a switch."""
    return Caveat(
        code="long-requests",
        message=f"p99 of {variant} with {_users(users)} is {p99_ms:.0f} ms, more than half of a "
        f"block of {block_ms:.0f} ms, and rests on the few slow requests that met no switch.",
        advice="Take longer blocks with --block, or fewer --users, for a p99 to rely on.",
        invalidates=False,
    )


def requests_outlast_blocks(*, variant: str, share: float, users: int) -> Caveat:
    """Requests take longer than a block can show, so their percentiles are unknown."""
    return Caveat(
        code="requests-outlast-blocks",
        message=f"{share * 100:.2g} % of the requests to {variant} with {_users(users)} took "
        "longer than a block can show.",
        advice="Take longer blocks with --block, or fewer --users.",
        invalidates=True,
    )


def _users(users: int) -> str:
    return f"{users} {'user' if users == 1 else 'users'}"
