"""Taking one trial: request pairs between a variant and itself, disturbed as its scenario says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from time import time

import numpy as np
import psutil

from benchmarks.validation.injected_delay import (
    BAGGAGE_DELAY,
    DelayKind,
    DelayTiming,
    InjectedDelay,
)
from benchmarks.validation.noisy_neighbour import beside
from benchmarks.validation.scenarios import Scenario
from benchmarks.validation.trace import Trace
from headtohead.analysis.verdicts import NEEDED_PAIRS
from headtohead.errors import ConfigurationError, MeasurementError
from headtohead.experiment import Experiment, Variant
from headtohead.experiment_registry import Registry
from headtohead.load.control.load_generator import load_generator
from headtohead.load.messages.arm import Arm, Sample
from headtohead.load.messages.latency import Pair, PairPlan
from headtohead.modes.arms import arm_of
from headtohead.protocol.server_timing import ServerTiming
from headtohead.stack.target import Target

# How long to watch what others do on the machine before a trial.
_WATCH_SECONDS = 0.2

# Both arms ask for a delay, so that they differ in nothing but its size.
_NO_DELAY = InjectedDelay(kind=DelayKind.BUSY, microseconds=0)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The endpoint that is measured against itself."""

    experiment: Experiment
    variant: Variant

    @property
    def identity(self) -> str:
        """Experiment and variant, such as ``product-list/naive``."""
        return self.experiment.identity(self.variant)

    @classmethod
    def named(cls, name: str, registry: Registry) -> "Subject":
        """The subject of that name: an experiment's baseline, or ``experiment/variant``.

        Raises:
            UnknownExperimentError: There is no such experiment.
            ConfigurationError: The experiment has no such variant, or one that the API does not
                serve itself.
        """
        experiment_name, _, variant_name = name.partition("/")
        experiment = registry.select_timed([experiment_name])[0]
        variant = experiment.variant(variant_name) if variant_name else experiment.baseline
        if variant is None:
            known = ", ".join(experiment.identity(each) for each in experiment.all_variants)
            raise ConfigurationError(f"no variant {name!r}", fix=f"name one of {known}")
        if experiment.server_of(variant) is not None:
            raise ConfigurationError(
                f"{experiment.identity(variant)} has a server of its own, and trials ask the API",
                fix="name a variant that the API serves itself",
            )
        return cls(experiment=experiment, variant=variant)


@dataclass(frozen=True, kw_only=True)
class TrialEndpoint:
    """What trials need to know of the subject on a running server.

    Attributes:
        subject: What is measured.
        target: Where it is served.
        heavy: What is sent before one arm where a scenario asks for carry-over.
        median_ms: The median latency, of which effects are a percentage.
        warm_up: Requests to each arm before the first pair.
    """

    subject: Subject
    target: Target
    heavy: Subject
    median_ms: float
    warm_up: int

    def arm(self, delay: InjectedDelay = _NO_DELAY) -> Arm:
        """The request to the subject, slowed down by a delay."""
        plain = self.plain_arm(self.subject)
        baggage = f"{plain.headers['Baggage']},{BAGGAGE_DELAY}={delay.to_member()}"
        return replace(plain, headers={**plain.headers, "Baggage": baggage})

    def plain_arm(self, subject: Subject) -> Arm:
        """The request to any subject on the same server."""
        target, experiment, variant = self.target, subject.experiment, subject.variant
        url = target.url_of(experiment, variant)
        return arm_of(experiment, variant, base_url=url, token=target.token)

    def delay(self, scenario: Scenario) -> InjectedDelay:
        """What slows the variant down in a scenario."""
        if scenario.delay is None:
            return _NO_DELAY
        microseconds = round(self.median_ms * 1000 * scenario.percent / 100)
        return InjectedDelay(kind=scenario.delay, microseconds=microseconds)


def take_trial(
    scenario: Scenario, *, index: int, endpoint: TrialEndpoint, seconds: float, seed: int
) -> Trace:
    """Record one trial; nothing of it is left running.

    Args:
        scenario: What to try.
        index: The trial's number within its scenario.
        endpoint: What to measure.
        seconds: Seconds of requests, without an early stop.
        seed: Seed of the coin flips and of the neighbour.

    Raises:
        MeasurementError: A request failed, the server did not spend the delay, or there are
            too few pairs.
    """
    delay = endpoint.delay(scenario)
    variant = endpoint.arm(delay)
    if scenario.carry_over:
        variant = replace(variant, preceded_by=endpoint.plain_arm(endpoint.heavy))
    plan = PairPlan(
        baseline=endpoint.arm(),
        variants=(variant,),
        warm_up=endpoint.warm_up,
        seconds=seconds,
        seed=seed,
    )
    busy_share = psutil.cpu_percent(interval=_WATCH_SECONDS) / 100
    with beside(scenario.neighbour, seed=seed), load_generator() as generator:
        started_at = time()
        generator.start(plan)
        pairs = [pair for batch in generator.batches() for pair in batch]
    return trace_of(
        pairs,
        scenario=scenario,
        index=index,
        started_at=started_at,
        busy_share=busy_share,
        delay=delay,
    )


def trace_of(
    pairs: Sequence[Pair],
    *,
    scenario: Scenario,
    index: int,
    started_at: float,
    busy_share: float,
    delay: InjectedDelay,
) -> Trace:
    """The trace of pairs, every one of which the server has confirmed.

    Raises:
        MeasurementError: A request failed, the server did not spend the delay, or there are
            too few pairs.
    """
    whole_ms = _whole_ms(pairs)
    pairs = pairs[:-1]  # nothing follows that could tell of it
    if len(pairs) < NEEDED_PAIRS:
        raise MeasurementError(
            f"a trial held {len(pairs)} request pairs of the {NEEDED_PAIRS} it needs",
            fix="give trials more time with --seconds, or name a faster endpoint",
        )
    baseline = [_confirmed(pair.baseline_sample) for pair in pairs]
    variant = [_confirmed(pair.variant_sample) for pair in pairs]
    spent = np.array([timing.delay_ms for timing in variant], dtype=np.float64)
    idle = np.array([timing.delay_ms for timing in baseline], dtype=np.float64)
    # The header gives microseconds, rounded.
    if np.any(spent < delay.microseconds / 1000 - 0.001):
        raise MeasurementError(
            "the server spent less time than it was asked to", fix="run again, and report it"
        )
    return Trace(
        scenario=scenario.name,
        index=index,
        started_at=started_at,
        busy_share=busy_share,
        baseline_first=np.array([pair.baseline_first for pair in pairs]),
        baseline_ms=np.array([pair.baseline_sample.milliseconds for pair in pairs]),
        variant_ms=np.array([pair.variant_sample.milliseconds for pair in pairs]),
        baseline_washout_ms=np.array([pair.baseline_washout.milliseconds for pair in pairs]),
        variant_washout_ms=np.array([pair.variant_washout.milliseconds for pair in pairs]),
        baseline_server_ms=np.array([whole_ms[pair.baseline_sample.started] for pair in pairs]),
        variant_server_ms=np.array([whole_ms[pair.variant_sample.started] for pair in pairs]),
        delay_ms=spent - np.median(idle) if scenario.delay else np.zeros_like(spent),
    )


def _whole_ms(pairs: Sequence[Pair]) -> Mapping[float, float]:
    """What each response took its server to the last byte, by when its request was sent.

    It is the one after it that tells.
    """
    samples = sorted(
        (sample for pair in pairs for sample in pair.samples), key=attrgetter("started")
    )
    return {
        sample.started: _confirmed(following).last_ms or 0.0  # never None where confirmed
        for sample, following in pairwise(samples)
    }


def _confirmed(sample: Sample) -> DelayTiming:
    if sample.error:
        raise MeasurementError(
            f"a request to {sample.identity} failed ({sample.error})",
            fix="read the API's log; `h2h status` says where it is",
        )
    timing = ServerTiming.from_header(sample.server_timing)
    delay = DelayTiming.from_header(sample.server_timing)
    if (
        timing is None
        or timing.variant != sample.identity
        or delay is None
        or delay.last_ms is None
    ):
        raise MeasurementError(
            f"the server did not confirm {sample.identity} and its delay",
            fix="run again, and report it",
        )
    return delay
