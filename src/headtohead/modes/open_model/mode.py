"""The open model: requests arrive at a planned rate, at one variant at a time."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from headtohead.analysis.blocks import percentile_ratios
from headtohead.analysis.interval import fixed_size_estimate
from headtohead.analysis.results import Metric
from headtohead.config import Config
from headtohead.errors import ConfigurationError, MeasurementError
from headtohead.experiment import Experiment
from headtohead.load.control.load_generator import load_generator
from headtohead.load.messages.open_model import (
    Arrival,
    Arrivals,
    OpenPlan,
    Stretch,
    generator_lag_ms,
    lateness_ms,
    pool_size,
    response_ms,
)
from headtohead.modes.arms import arms_of, error_differences
from headtohead.modes.mode import (
    TOLERATED_ERRORS,
    ArmTraffic,
    LoadMode,
    Measured,
    Progress,
    Traffic,
    require_rounds,
)
from headtohead.modes.open_model.arrival_tally import OpenArm, OpenTally
from headtohead.records.comparison import Mode
from headtohead.records.recording import write_table
from headtohead.records.results import ExperimentResult, OfferedLoad
from headtohead.stack.target import Target

# The median of fewer says little of a stretch.
NEEDED_ARRIVALS = 5
COLUMNS = ("round", "variant", "intended", "lateness_ms", "service_ms", "response_ms", "error")


def stretch_traffic(stretch: Stretch, *, names: Sequence[str], plan: OpenPlan) -> Traffic:
    """The traffic of one stretch of the open model.

    Args:
        stretch: The stretch.
        names: Names of the variants, the baseline's first.
        plan: What it is part of.
    """
    sent = [arrival for arrival in stretch.arrivals if arrival.sample]
    times = [
        time
        for arrival in sent
        if arrival.sample and not arrival.sample.error
        if (time := response_ms(arrival)) is not None
    ]
    arm = ArmTraffic(
        requests=len(sent),
        errors=len(sent) - len(times),
        response_ms=times,
        pairs=1 if stretch.arm else 0,
        turned_to=stretch.started,
    )
    return Traffic(
        users=plan.users,
        arms={names[stretch.arm]: arm},
        lag_seconds=max(map(generator_lag_ms, stretch.arrivals), default=0.0) / 1000,
        rate=plan.rate,
        late_seconds=max(map(lateness_ms, sent), default=0.0) / 1000,
    )


@dataclass(frozen=True, kw_only=True)
class MeasuredOpen(Measured):
    """An experiment's result and the stretches it rests on."""

    stretches: Sequence[Stretch]

    def write_raw(self, directory: Path) -> None:
        """Keep the planned requests beside the record; unsent ones have no times."""
        variants = self.result.variants
        write_table(
            directory / "arrivals" / f"{self.result.name}.csv",
            COLUMNS,
            (
                (
                    stretch.round,
                    variants[stretch.arm].name,
                    f"{each.intended:.6f}",
                    *_times(each),
                )
                for stretch in self.stretches
                for each in stretch.arrivals
            ),
        )


def _times(arrival: Arrival) -> tuple[str, ...]:
    if arrival.sample is None:
        return ("", "", "", "unsent")
    times = (lateness_ms(arrival), arrival.sample.milliseconds, response_ms(arrival))
    return (*(f"{time:.6f}" for time in times), arrival.sample.error)


@dataclass(frozen=True, kw_only=True)
class OpenMode(LoadMode[MeasuredOpen]):
    """Requests that arrive at a planned rate, whether or not others were answered."""

    def require(self, config: Config) -> None:
        """See that stretches hold enough requests, and the budget enough stretches.

        Raises:
            ConfigurationError: They do not.
        """
        require_rounds(config)
        if config.rate * config.block < NEEDED_ARRIVALS:
            raise ConfigurationError(
                f"at {config.rate:g} requests a second {config.block:g} s hold fewer than "
                f"{NEEDED_ARRIVALS} requests",
                fix=f"give at least --block {NEEDED_ARRIVALS / config.rate:g}, or a higher --rate",
            )

    def measure(
        self,
        experiment: Experiment,
        *,
        target: Target,
        config: Config,
        seed: int,
        on_progress: Callable[[Progress], None],
    ) -> MeasuredOpen:
        """Let requests arrive at every variant in turn until the budget is spent.

        Args:
            experiment: What to measure; its preflight has passed.
            target: The API.
            config: Rate, arrivals, length of a stretch, budget, margin and warm-up.
            seed: Seed of arrivals and of the order of variants.
            on_progress: Called after every stretch.

        Raises:
            MeasurementError: The generator broke down, or requests to a variant only failed.
        """
        arms = arms_of(experiment, url_of=target.url_of, token=target.token)
        plan = OpenPlan(
            arms=arms,
            arrivals=Arrivals(config.arrivals),
            rate=config.rate,
            users=pool_size(config.rate),
            warm_up=config.warm_up,
            stretch_seconds=config.block,
            seconds=config.budget * len(arms) / 2,  # a comparison takes two stretches a round
            seed=seed,
        )
        stretches: list[Stretch] = []
        errors = 0
        with load_generator() as generator:
            generator.start(plan)
            for stretch in generator.stretches():
                stretches.append(stretch)
                errors += sum(bool(each.sample and each.sample.error) for each in stretch.arrivals)
                if errors > TOLERATED_ERRORS:
                    break
                on_progress(_progress(experiment, plan, stretches))
        tally = _tally(experiment, plan, stretches, margin=config.margin)
        return MeasuredOpen(result=_result(experiment, tally), stretches=stretches)


def _tally(
    experiment: Experiment, plan: OpenPlan, stretches: Sequence[Stretch], *, margin: float
) -> OpenTally:
    """Deal out whole rounds to arms.

    Raises:
        MeasurementError: There is none, or requests to an arm only failed.
    """
    rounds = len(stretches) // len(plan.arms)
    if not rounds:
        sent = (each.sample for stretch in stretches for each in stretch.arrivals if each.sample)
        errors = (sample.error for sample in sent if sample.error)
        raise MeasurementError(
            f"requests failed before a single round was whole ({next(errors)})",
            fix="read the API's log; `h2h status` says where it is",
        )
    arms = tuple(
        OpenArm(
            name=variant.name,
            identity=experiment.identity(variant),
            reports_timing=experiment.reports_timing(variant),
            stretches=[each for each in stretches if each.arm == index and each.round < rounds],
        )
        for index, variant in enumerate(experiment.all_variants)
    )
    for arm in arms:
        arm.require_answers()
    return OpenTally(plan=plan, margin=margin, arms=arms)


def _progress(experiment: Experiment, plan: OpenPlan, stretches: Sequence[Stretch]) -> Progress:
    """The effect of the first variant, over whole rounds."""
    rounds = len(stretches) // len(plan.arms)
    spent = stretches[-1].drained - stretches[0].started
    estimate = None
    if rounds:
        baseline, variant, *_ = _tally(experiment, plan, stretches, margin=0).arms
        estimate = fixed_size_estimate(
            percentile_ratios(baseline=baseline.blocks, variant=variant.blocks, level=50)
        )
    names = [each.name for each in experiment.all_variants]
    return Progress(
        pairs=rounds,
        variant=experiment.variants[0].name,
        metric=Metric.LATENCY,
        ratio=estimate.ratio if estimate else None,
        interval=(estimate.low, estimate.high) if estimate else (0.0, math.inf),
        seconds_left=max(0.0, plan.seconds - spent),
        position=min(1.0, spent / plan.seconds),
        traffic=stretch_traffic(stretches[-1], names=names, plan=plan),
        unit=Mode.OPEN.pair,
    )


def _result(experiment: Experiment, tally: OpenTally) -> ExperimentResult:
    plan = tally.plan
    caveats = tuple(tally.caveats())
    valid = not any(caveat.invalidates for caveat in caveats)
    return ExperimentResult(
        name=experiment.name,
        question=experiment.question,
        mode=Mode.OPEN,
        baseline=experiment.baseline.name,
        method=experiment.request.method,
        path=experiment.request.path,
        pairs=tally.rounds * len(experiment.variants),
        seed=plan.seed,
        variants=tuple(arm.result(stretch_seconds=plan.stretch_seconds) for arm in tally.arms),
        comparisons=tuple(tally.comparisons(valid=valid)),
        caveats=caveats,
        users=plan.users,
        error_differences=tuple(error_differences(*tally.arms)),
        offered=OfferedLoad(
            rate=plan.rate,
            arrivals=plan.arrivals,
            stretch_seconds=plan.stretch_seconds,
        ),
    )
