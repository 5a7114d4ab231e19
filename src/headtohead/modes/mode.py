"""What a load mode is: how load is applied to an experiment, and what is made of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, Protocol, Self, TypeVar

from headtohead.analysis.blocks import NEEDED_ROUNDS
from headtohead.analysis.results import Metric
from headtohead.config import Config
from headtohead.errors import ConfigurationError
from headtohead.experiment import Experiment
from headtohead.records.comparison import Mode
from headtohead.records.results import Caveat, ExperimentResult
from headtohead.stack.target import Target

# A server that fails this often is broken; taking more pairs would only hammer it.
TOLERATED_ERRORS = 20
# Rounds that have to fit into the budget: more than a verdict needs, because what users wait for
# at every switch is spent on no block.
PLANNED_ROUNDS = NEEDED_ROUNDS + 2


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


@dataclass(frozen=True, kw_only=True)
class Measured(ABC):
    """An experiment's result and the raw requests it rests on.

    Attributes:
        result: Its verdicts are those that need not know of other experiments.
    """

    result: ExperimentResult

    @abstractmethod
    def write_raw(self, directory: Path) -> None:
        """Keep the raw requests beside the record, in the run's folder."""

    def with_caveats(self, *more: Caveat) -> Self:
        """The same with more caveats."""
        result = self.result
        return replace(self, result=replace(result, caveats=(*result.caveats, *more)))


M = TypeVar("M", bound=Measured)


@dataclass(frozen=True, kw_only=True)
class LoadMode(ABC, Generic[M]):
    """One way to apply load. `headtohead.modes.all_modes` knows all of them."""

    def require(self, config: Config) -> None:
        """Refuse settings that do not suit it, before anything starts.

        Raises:
            ConfigurationError: They do not.
        """

    @contextmanager
    def opened(
        self,
        config: Config,  # noqa: ARG002 (as below: modes that need something use them)
        *,
        target: Target,  # noqa: ARG002
        note: Callable[[str], None],  # noqa: ARG002
    ) -> Iterator[Self]:
        """This mode with what it needs beyond a generator for each experiment.

        Args:
            config: All settings.
            target: What load is put on.
            note: Told what takes a moment.

        Raises:
            ConfigurationError: It cannot be had.
        """
        yield self

    @property
    def is_broken(self) -> bool:
        """Whether no more can be measured with what was opened."""
        return False

    @abstractmethod
    def measure(
        self,
        experiment: Experiment,
        *,
        target: Target,
        config: Config,
        seed: int,
        on_progress: Callable[[Progress], None],
    ) -> M:
        """Measure an experiment whose variants answer alike.

        Raises:
            MeasurementError: The generator broke down, or too little was measured.
        """

    def judged(self, measured: Sequence[M]) -> tuple[ExperimentResult, ...]:
        """The final verdicts; each experiment stands alone unless the mode says otherwise."""
        return tuple(without_verdicts_where_invalid(each.result) for each in measured)


def without_verdicts_where_invalid(result: ExperimentResult) -> ExperimentResult:
    """What was judged by itself, before machine, servers and control had their say against it."""
    return replace(
        result,
        comparisons=tuple(
            replace(each, verdict=result.verdict_on(each)) for each in result.comparisons
        ),
    )


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
