"""Caveats about the load generator, its workers and the background load."""

from collections.abc import Iterator

from headtohead.records.results import Caveat, GeneratorUse


def client_bound(*, share: float) -> Caveat:
    """Much of what is measured is the client's own time, which both arms share."""
    return Caveat(
        code="client-bound",
        message=f"The load generator computed for {share * 100:.0f} % of the time.",
        advice="Its own time is part of both arms, so the servers' true ratio is farther from 1.",
        invalidates=False,
    )


def generator_saturated(*, share: float) -> Caveat:
    """What is measured is the load generator rather than the server."""
    return Caveat(
        code="generator-saturated",
        message=f"The load generator computed for {share * 100:.0f} % of the time.",
        advice="Measure a request that takes the server longer, or add load from other hosts; these"
        " numbers only show the client.",
        invalidates=True,
    )


def held_up(*, share: float, p99_ms: float, max_ms: float) -> Caveat:
    """Requests waited where neither the application nor the generator worked."""
    return Caveat(
        code="held-up",
        message=f"The generator or its connection stalled {share * 100:.1f} % of the time"
        f" (p99 {p99_ms:.0f} ms, at most {max_ms:.0f} ms).",
        advice="Stop other work on the generator's core, and keep the machine from suspending.",
        invalidates=True,
    )


def worker_lost(*, worker: int, host: str, reason: str) -> Caveat:
    """A worker stopped sending requests, so the load was not the planned one."""
    return Caveat(
        code="worker-lost",
        message=f"Worker {worker} ({host}) was lost during the run: {reason}.",
        advice="Find out whether it was killed, ran out of memory or lost its network; run again.",
        invalidates=True,
    )


def samples_missing(*, worker: int, missing: str) -> Caveat:
    """Some measured requests never arrived, and it is unknown which side they favour."""
    return Caveat(
        code="samples-missing",
        message=f"{missing} that worker {worker} measured never arrived.",
        advice="Check the network for dropped connections, and run again.",
        invalidates=True,
    )


def background_lost(*, scenario: str, reason: str) -> Caveat:
    """Part of the measurement ran without the background load that was asked for."""
    return Caveat(
        code="background-lost",
        message=f"The background load of {scenario} ended while measuring ({reason}).",
        advice="Run again without --background, or with a journey that does not end early.",
        invalidates=True,
    )


def background_errors(
    *, scenario: str, errors: int, requests: int, example: str, invalidates: bool
) -> Caveat:
    """Some background requests failed, so the background load was not the planned one."""
    return Caveat(
        code="background-errors",
        message=f"{errors} of {requests} requests of the background load of {scenario} failed"
        f" ({example}).",
        advice="Run the journey alone with `locust -f`, and fix it or the API.",
        invalidates=invalidates,
    )


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


# If more of them fail, what ran beside was another load than the one that was asked for.
TOLERATED_ERRORS = 0.05
