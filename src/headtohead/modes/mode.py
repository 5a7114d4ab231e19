"""How far an experiment has come, and what the load generator did meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from headtohead.analysis.blocks import NEEDED_ROUNDS
from headtohead.analysis.results import Metric
from headtohead.config import Config
from headtohead.errors import ConfigurationError
from headtohead.experiment import Experiment
from headtohead.records.comparison import Mode
from headtohead.records.results import ExperimentResult


@dataclass(frozen=True, kw_only=True)
class ArmTraffic:
    """Requests to one variant.

    Attributes:
        requests: Requests that ended, whether or not their times count.
        errors: Those of them that failed.
        response_ms: The times that count, of successful requests; in the open model from when they
            were due.
        pairs: Pairs, or rounds, in which they were compared with the baseline's.
        turned_to: When load turned to it, in seconds since the epoch; None in pairs, where load
            turns with every other request.
    """

    requests: int
    errors: int
    response_ms: Sequence[float]
    pairs: int
    turned_to: float | None = None


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What the load generator did since the progress before.

    Attributes:
        users: Users who send requests, or stand by to in the open model.
        arms: Requests by the variant's name.
        cpu_share: Its own CPU time over the time that passed; None where it does not tell.
        lag_seconds: By how much its loop was late at worst; None where nothing was sent.
        rate: Requests a second that were planned; None outside the open model.
        late_seconds: How late a request was sent at worst; None outside the open model.
    """

    users: int
    arms: Mapping[str, ArmTraffic]
    cpu_share: float | None = None
    lag_seconds: float | None = None
    rate: float | None = None
    late_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an experiment has come.

    Attributes:
        pairs: Pairs taken, over all comparisons, or rounds.
        variant: Whose effect is told: the one that was seen last.
        metric: What is compared.
        ratio: The effect; None before there is one.
        interval: Its 95 % interval.
        seconds_left: Time until the budget is spent, if nothing settles earlier.
        position: The part of the budget that is spent or saved, from 0 to 1.
        traffic: What was sent since the progress before.
        unit: What `pairs` counts.
    """

    pairs: int
    variant: str
    metric: Metric
    ratio: float | None
    interval: tuple[float, float]
    seconds_left: float
    position: float
    traffic: Traffic
    unit: str = Mode.LATENCY.pair


# A server that fails this often is broken; taking more pairs would only hammer it.
TOLERATED_ERRORS = 20


class Observer(Protocol):
    """What a run tells whoever watches it."""

    def note(self, text: str) -> None:
        """Something happens that takes a moment."""

    def begin(self, experiment: Experiment) -> None:
        """Measuring of an experiment begins."""

    def update(self, progress: Progress) -> None:
        """It has come this far."""

    def end(self, result: ExperimentResult) -> None:
        """It is done."""


# Rounds that have to fit into the budget: more than a verdict needs, because what users wait for
# at every switch is spent on no block.
PLANNED_ROUNDS = NEEDED_ROUNDS + 2


def require_rounds(config: Config) -> None:
    """See that the budget is enough for a verdict.

    Raises:
        ConfigurationError: It is not.
    """
    needed = PLANNED_ROUNDS * 2 * config.block
    if config.budget < needed:
        raise ConfigurationError(
            f"a budget of {config.budget:g} s is too short for {PLANNED_ROUNDS} rounds of blocks "
            f"of {config.block:g} s",
            fix=f"give at least --budget {needed:g}, or a shorter --block",
        )
