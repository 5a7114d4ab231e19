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


def too_few_pairs(*, pairs: int, needed: int, budget: int | None = None) -> Caveat:
    """The run ended before there was enough to judge by.

    Args:
        pairs: How many were taken.
        needed: How many a verdict needs.
        budget: The seconds that these would have taken, where that is known.
    """
    return Caveat(
        code="too-few-pairs",
        message=f"Only {pairs} request pairs were taken; a verdict needs {needed}.",
        advice=f"Give the run more time with --budget{f' {budget}' if budget else ''}.",
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


def body_changed(*, changed: int, requests: int) -> Caveat:
    """Bodies changed during the run, so the arms did not do the same work throughout."""
    return Caveat(
        code="body-changed",
        message=f"{changed} of {requests} responses had another body than the first one.",
        advice="Keep other writers away from the database while measuring.",
        invalidates=True,
    )


def bodies_differ(*, where: str) -> Caveat:
    """Two revisions say different things, so their times are those of different answers."""
    return Caveat(
        code="bodies-differ",
        message=f"The revisions answer differently ({where}).",
        advice="See whether that was meant; the times are those of different answers.",
        invalidates=False,
    )


def too_few_launches(*, launches: int, needed: int) -> Caveat:
    """So few launches of the servers were of use that their luck is unknown."""
    return Caveat(
        code="too-few-launches",
        message=f"Only {launches} launches of the servers were of use; a verdict needs {needed}.",
        advice="See why requests fail, and give the comparison more --rounds.",
        invalidates=True,
    )


def bodies_vary(*, where: str) -> Caveat:
    """The same revision answers the same request differently."""
    return Caveat(
        code="bodies-vary",
        message=f"One and the same revision answers differently from time to time ({where}).",
        advice="Nothing can be said of whether the revisions answer alike.",
        invalidates=False,
    )


def client_bound(*, share: float) -> Caveat:
    """Much of what is measured is the client's own time, which both arms share."""
    return Caveat(
        code="client-bound",
        message=f"The load generator computed for {share * 100:.0f} % of the time.",
        advice="Its own time is part of both arms, so the servers' ratio lies farther from 1.",
        invalidates=False,
    )


def generator_saturated(*, share: float) -> Caveat:
    """What is measured is the load generator rather than the server."""
    return Caveat(
        code="generator-saturated",
        message=f"The load generator computed for {share * 100:.0f} % of the time.",
        advice="Measure a request that takes the server longer, or put load on from other hosts;"
        " this only shows the client.",
        invalidates=True,
    )


def held_up(*, share: float, p99_ms: float, max_ms: float) -> Caveat:
    """Requests waited where neither the application nor the generator worked."""
    return Caveat(
        code="held-up",
        message=f"The load generator or its way to the application was held up"
        f" {share * 100:.1f} % of the time, p99 {p99_ms:.0f} ms, at most {max_ms:.0f} ms.",
        advice="Stop other work on the generator's core, and let nothing suspend it meanwhile.",
        invalidates=True,
    )


def carry_over(*, baseline: str, variant: str, ratio: float) -> Caveat:
    """One arm's request slows the other's next, and some of that may be left after the wash-out."""
    slowed, slowing = (variant, baseline) if ratio > 1 else (baseline, variant)
    return Caveat(
        code="carry-over",
        message=f"A request to {slowing} slows the next one to {slowed} by"
        f" {abs(ratio - 1) * 100:.0f} % more than the other way round.",
        advice="Requests that follow the other arm's are left out, and the interval allows for as"
        " much again; a verdict that needs less takes variants that disturb each other less.",
        invalidates=False,
    )


def server_restarted(*, servers: tuple[str, ...]) -> Caveat:
    """A server began anew in mid-run, with cold caches and new connections."""
    return Caveat(
        code="server-restarted",
        message=f"Processes of {', '.join(servers)} ended or began during the measurement.",
        advice="Find out why in its log (`h2h status` shows where) and run again.",
        invalidates=True,
    )


def clock_stepped(*, seconds: float) -> Caveat:
    """The wall clock was set, or the machine slept."""
    return Caveat(
        code="clock-stepped",
        message=f"The wall clock moved {seconds:+.2f} s against the time that passed.",
        advice="Let nothing set the clock or suspend the machine meanwhile, and run again.",
        invalidates=True,
    )


def busy_machine(*, share: float, invalidates: bool) -> Caveat:
    """Other processes used the cores during the measurement."""
    return Caveat(
        code="busy-machine",
        message=f"Other processes used {share * 100:.0f} % of the cores while measuring.",
        advice="Intervals widen, and ratios are those of a busy machine; stop other work.",
        invalidates=invalidates,
    )


def stolen_cores(*, share: float, invalidates: bool) -> Caveat:
    """The hypervisor let other virtual machines use the cores during the measurement."""
    return Caveat(
        code="stolen-cores",
        message=f"The hypervisor gave {share * 100:.0f} % of the cores to other machines.",
        advice="Intervals widen on a crowded host; measure at another time or on another host.",
        invalidates=invalidates,
    )


def control_failed(*, experiment: str, ratio: float) -> Caveat:
    """The run found a difference where there is none, so nothing it found can be relied on."""
    return Caveat(
        code="control-failed",
        message=f"The baseline of {experiment} differed from itself (ratio {ratio:.3f}).",
        advice="Something else than the variant made a difference; run again on a quiet machine.",
        invalidates=True,
    )


def no_control(*, experiment: str, reason: str) -> Caveat:
    """The run was to be controlled and was not."""
    return Caveat(
        code="no-control",
        message=f"The control on {experiment} could not be measured ({reason}).",
        advice="Give it more time with --budget, of which it has a quarter.",
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


def worker_lost(*, worker: int, host: str, reason: str) -> Caveat:
    """A worker no longer put load on, so what is known is known of another load."""
    return Caveat(
        code="worker-lost",
        message=f"Worker {worker} ({host}) was lost in mid-run: {reason}.",
        advice="See whether it was killed, ran out of memory or lost its network; run again.",
        invalidates=True,
    )


def samples_missing(*, worker: int, missing: str) -> Caveat:
    """Not all raw requests came back, and it is unknown which side the others favour."""
    return Caveat(
        code="samples-missing",
        message=f"Of what worker {worker} measured, {missing} never arrived.",
        advice="Look for a network that drops connections, and run again.",
        invalidates=True,
    )


def too_few_stretches(*, rounds: int, needed: int) -> Caveat:
    """A run of the open model ended before there was enough to judge by."""
    return Caveat(
        code="too-few-rounds",
        message=f"Only {rounds} rounds were taken, draining included; a verdict needs {needed}.",
        advice="Give the run more time with --budget, or a lower --rate if queues are long.",
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
        f"{_users(users)} waited for answers. Its percentiles are at least what they say.",
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


def background_lost(*, scenario: str, reason: str) -> Caveat:
    """What was to be measured beside background load was in part measured without it."""
    return Caveat(
        code="background-lost",
        message=f"The background load of {scenario} ended while measuring ({reason}).",
        advice="Run again, without --background or with a journey that holds out.",
        invalidates=True,
    )


def background_errors(
    *, scenario: str, errors: int, requests: int, example: str, invalidates: bool
) -> Caveat:
    """Some users beside did not get what they came for, so their load was another one."""
    return Caveat(
        code="background-errors",
        message=f"{errors} of {requests} requests of the background load of {scenario} failed"
        f" ({example}).",
        advice="Run the journey by itself with `locust -f`, and mend it or the API.",
        invalidates=invalidates,
    )


def _users(users: int) -> str:
    return f"{users} {'user' if users == 1 else 'users'}"
