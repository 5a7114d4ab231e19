"""Caveats about the load generator, its workers and the background load."""

from collections.abc import Iterator

from headtohead.records.results import Caveat, GeneratorUse
from headtohead.report.numbers import percent
from headtohead.validity.rule import caveat

# The generator waits for its one request, so the share of time in which it computes is at most the
# share of a measured time that is its own. Both arms have it alike, and a ratio is drawn towards 1
# by it. From a half on, half of a difference may be lost: that needs saying. From four fifths on, a
# difference of 10 % may look like one within the default margin of 2 %, and "no difference" would
# be a statement about the client.
NOTABLE_CPU_SHARE = 0.5
TOLERATED_CPU_SHARE = 0.8

# A hold-up strikes whichever request it meets, and the longer of two more often; the median hardly
# cares. If one pair in four is held up for longer than a pair takes, and two thirds of them strike
# the same arm, as they do where it is twice as long, the median moves to the 56th percentile of the
# other pairs, a seventh of their standard deviation: about what the confidence sequence of a
# thousand pairs allows for. Beyond that the interval no longer covers what the hold-ups do.
TOLERATED_HELD_UP_SHARE = 0.25
# No scheduler makes a process wait for a second. One that did was suspended, and so perhaps was
# everything else; connections and caches may not be what they were.
TOLERATED_HOLD_UP_MS = 1000.0
# If more of them fail, what ran beside was another load than the one that was asked for.
TOLERATED_ERRORS = 0.05


@caveat(
    "client-bound",
    weakens_when=f"the generator computed for more than {percent(NOTABLE_CPU_SHARE)} of the time",
)
def client_bound(*, share: float) -> tuple[str, str]:
    """Much of what is measured is the client's own time, which both arms share."""
    return (
        f"The load generator computed for {share * 100:.0f} % of the time.",
        "Its own time is part of both arms, so the servers' true ratio is farther from 1.",
    )


@caveat(
    "generator-saturated",
    invalidates_when=(
        f"the generator computed for more than {percent(TOLERATED_CPU_SHARE)} of the time;"
        " in blocks, of those of any variant"
    ),
)
def generator_saturated(*, share: float) -> tuple[str, str]:
    """What is measured is the load generator rather than the server."""
    return (
        f"The load generator computed for {share * 100:.0f} % of the time.",
        (
            "Measure a request that takes the server longer, or add load from other hosts; these"
            " numbers only show the client."
        ),
    )


@caveat(
    "held-up",
    invalidates_when=(
        f"more than {percent(TOLERATED_HELD_UP_SHARE)} of the pairs lost more time than a"
        f" pair takes, or one lost {TOLERATED_HOLD_UP_MS / 1000:g} s, while neither"
        " application nor generator worked; in blocks, as many ended late"
    ),
)
def held_up(*, share: float, p99_ms: float, max_ms: float) -> tuple[str, str]:
    """Requests waited where neither the application nor the generator worked."""
    return (
        (
            f"The generator or its connection stalled {share * 100:.1f} % of the time"
            f" (p99 {p99_ms:.0f} ms, at most {max_ms:.0f} ms)."
        ),
        "Stop other work on the generator's core, and keep the machine from suspending.",
    )


@caveat(
    "worker-lost",
    invalidates_when="a worker sent no heartbeat for some seconds, left, or did not answer in time",
)
def worker_lost(*, worker: int, host: str, reason: str) -> tuple[str, str]:
    """A worker stopped sending requests, so the load was not the planned one."""
    return (
        f"Worker {worker} ({host}) was lost during the run: {reason}.",
        "Find out whether it was killed, ran out of memory or lost its network; run again.",
    )


@caveat("samples-missing", invalidates_when="batches or requests of a worker did not arrive")
def samples_missing(*, worker: int, missing: str) -> tuple[str, str]:
    """Some measured requests never arrived, and it is unknown which side they favour."""
    return (
        f"{missing} that worker {worker} measured never arrived.",
        "Check the network for dropped connections, and run again.",
    )


@caveat("background-lost", invalidates_when="the background load ended during the measurement")
def background_lost(*, scenario: str, reason: str) -> tuple[str, str]:
    """Part of the measurement ran without the background load that was asked for."""
    return (
        f"The background load of {scenario} ended while measuring ({reason}).",
        "Run again without --background, or with a journey that does not end early.",
    )


@caveat(
    "background-errors",
    invalidates_when=f"more than {percent(TOLERATED_ERRORS)} of the background requests failed",
    weakens_when="background requests failed, but fewer",
)
def background_errors(
    *,
    scenario: str,
    errors: int,
    requests: int,
    example: str,
    invalidates: bool,  # noqa: ARG001 (it is for the caveat)
) -> tuple[str, str]:
    """Some background requests failed, so the background load was not the planned one."""
    return (
        f"{errors} of {requests} requests of the background load of {scenario} failed ({example}).",
        "Run the journey alone with `locust -f`, and fix it or the API.",
    )


def load_caveats(use: GeneratorUse) -> Iterator[Caveat]:
    """What the generator's state says against an experiment under load."""
    if use.cpu_share > TOLERATED_CPU_SHARE:
        yield generator_saturated(share=use.cpu_share)
    yield from _held_up_caveats(use)


def generator_caveats(use: GeneratorUse) -> Iterator[Caveat]:
    """What the generator's state says against the experiment."""
    if use.cpu_share > TOLERATED_CPU_SHARE:
        yield generator_saturated(share=use.cpu_share)
    elif use.cpu_share > NOTABLE_CPU_SHARE:
        yield client_bound(share=use.cpu_share)
    yield from _held_up_caveats(use)


def _held_up_caveats(use: GeneratorUse) -> Iterator[Caveat]:
    if use.held_up_share > TOLERATED_HELD_UP_SHARE or use.lag_max_ms > TOLERATED_HOLD_UP_MS:
        yield held_up(share=use.held_up_share, p99_ms=use.lag_p99_ms, max_ms=use.lag_max_ms)
