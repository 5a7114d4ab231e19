"""What an open model is to do, and what it saw: values that cross the process boundary."""

import math
from dataclasses import dataclass

from headtohead.experiment import Experiment
from headtohead.load.arrivals import Arrivals
from headtohead.load.plan import NETWORK_SECONDS, Arm, Sample, UrlOf, arms_of

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


def plan_open(
    experiment: Experiment,
    *,
    url_of: UrlOf,
    token: str,
    arrivals: Arrivals,
    rate: float,
    warm_up: int,
    stretch_seconds: float,
    seconds: float,
    seed: int,
) -> OpenPlan:
    """The plan that answers an experiment.

    Args:
        experiment: Whose variants are the arms.
        url_of: Where each variant is served.
        token: What authorises requests to be measured.
        arrivals: See `OpenPlan`, as for the arguments that are not explained here.
        rate: See `OpenPlan`.
        warm_up: See `OpenPlan`.
        stretch_seconds: See `OpenPlan`.
        seconds: Time for each comparison, which is two stretches of every round.
        seed: See `OpenPlan`.
    """
    arms = tuple(arms_of(experiment, url_of=url_of, token=token))
    return OpenPlan(
        arms=arms,
        arrivals=arrivals,
        rate=rate,
        users=pool_size(rate),
        warm_up=warm_up,
        stretch_seconds=stretch_seconds,
        seconds=seconds * len(arms) / 2,
        seed=seed,
    )
