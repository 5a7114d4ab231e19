"""What an open model is to do, and what it saw: values that cross the process boundary."""

import math
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from headtohead.load.messages.arm import NETWORK_SECONDS, Arm, Sample, longest_seconds


class Arrivals(StrEnum):
    """How arrivals are spaced."""

    # At random and independently of each other, as those of many users are; they come in bunches.
    POISSON = "poisson"
    # Evenly.
    CONSTANT = "constant"


def arrival_offsets(
    kind: Arrivals, *, rate: float, seconds: float, seed: int, round_number: int
) -> list[float]:
    """When the requests of a stretch are due, in ascending order: seconds from its beginning.

    Every arm of a round gets the same arrivals (common random numbers), so that a bunch of them
    does not fall on one arm alone. Another round gets others.

    Args:
        kind: How they are spaced.
        rate: Arrivals a second, on average.
        seconds: Length of the stretch; at least one arrival should be expected in it.
        seed: Seed of the run.
        round_number: Number of the round.

    Returns:
        At least one offset, all of them in [0, `seconds`).
    """
    if kind is Arrivals.CONSTANT:
        return [
            due for index in range(int(rate * seconds) + 1) if (due := index / rate) < seconds
        ] or [0.0]
    random = Random(f"{seed} {round_number}")  # noqa: S311 (an experiment's design, not a secret)
    while True:
        offsets = []
        due = random.expovariate(rate)
        while due < seconds:
            offsets.append(due)
            due += random.expovariate(rate)
        # A stretch without a request would compare nothing, and is rare where several are expected.
        if offsets:
            return offsets


# A process has file descriptors for more, but a server that keeps as many waiting is down.
MOST_USERS = 256


@dataclass(frozen=True, kw_only=True)
class OpenPlan:
    """Requests to send to every arm in turn at a given rate, a stretch of them at a time.

    Attributes:
        arms: The baseline first, then its variants.
        arrivals: How arrivals are spaced.
        rate: Arrivals a second, to one arm at a time.
        users: Users who stand by to send a request each.
        warm_up: Requests sent to each arm, one after another, and discarded.
        stretch_seconds: For how long requests arrive at an arm.
        seconds: Time to spend on all stretches together, draining included.
        seed: Seed of arrivals and of the order of arms.
    """

    arms: tuple[Arm, ...]
    arrivals: Arrivals
    rate: float
    users: int
    warm_up: int
    stretch_seconds: float
    seconds: float
    seed: int

    @property
    def longest_seconds(self) -> float:
        """See `longest_seconds`."""
        return longest_seconds(arms=len(self.arms), warm_up=self.warm_up, seconds=self.seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One planned request. All times are seconds since the epoch.

    Attributes:
        intended: When it was planned to be sent.
        reached: When the generator came to it; what lies between is the generator's own lateness.
        pool_full: Whether all users were then waiting for answers, so that it had to wait.
        sample: What became of it; None if no user was free before the stretch was over.
    """

    intended: float
    reached: float
    pool_full: bool
    sample: Sample | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Planned requests to one arm. All times are seconds since the epoch.

    Attributes:
        round: Number of the round, which holds one stretch of every arm.
        arm: Index of the arm in the plan.
        started: When arrivals began.
        closed: When they were over, and those that still waited for a user were given up.
        drained: When the last answer had come, and the server was free for the next arm.
        arrivals: The planned requests, in the order in which they were due.
    """

    round: int
    arm: int
    started: float
    closed: float
    drained: float
    arrivals: list[Arrival]


def pool_size(rate: float) -> int:
    """Users who are enough for every request to be sent on time, up to a bound.

    A request keeps a user busy for as long as the longest wait for an answer, at most.
    """
    return min(MOST_USERS, math.ceil(rate * NETWORK_SECONDS))


def response_ms(arrival: Arrival) -> float | None:
    """The time from when a request was due to its answer; None if it was never sent."""
    if arrival.sample is None:
        return None
    return (arrival.sample.started - arrival.intended) * 1000 + arrival.sample.milliseconds


def lateness_ms(arrival: Arrival) -> float:
    """How late a request was sent."""
    assert arrival.sample is not None  # noqa: S101 (asked of those that were sent)
    return max(0.0, arrival.sample.started - arrival.intended) * 1000


def generator_lag_ms(arrival: Arrival) -> float:
    """How late a request would have been sent if there had been a user for each.

    Where all users waited for answers, the wait for one of them is the server's doing.
    """
    if arrival.pool_full or arrival.sample is None:
        return max(0.0, arrival.reached - arrival.intended) * 1000
    return lateness_ms(arrival)
