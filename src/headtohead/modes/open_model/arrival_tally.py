"""The arrivals of one experiment, and what they amount to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np

from headtohead.analysis.blocks import (
    NEEDED_ROUNDS,
    ArmBlock,
    percentile_ratios,
)
from headtohead.analysis.interval import fixed_size_estimate
from headtohead.analysis.latencies import summarise
from headtohead.analysis.proportion import Share
from headtohead.analysis.results import Metric
from headtohead.analysis.saturation import Halves, backlog_growth, falls_behind
from headtohead.errors import MeasurementError
from headtohead.load.messages.arm import Sample
from headtohead.load.messages.open_model import (
    Arrival,
    OpenPlan,
    Stretch,
    generator_lag_ms,
    lateness_ms,
    response_ms,
)
from headtohead.modes.arms import (
    body_caveats,
    compared_in_rounds,
    failed_share,
    in_rounds,
    variant_caveats,
    variant_result,
)
from headtohead.records.comparison import Comparison
from headtohead.records.results import Caveat, Lateness, OpenModel, VariantResult
from headtohead.validity import load, sample_size
from headtohead.validity.generator import TOLERATED_HOLD_UP_MS
from headtohead.validity.load import TOLERATED_LAG_MS, TOLERATED_LATE_SHARE

# The median answers the question, the tail stands beside it.
PERCENTILES = {Metric.LATENCY: 50, Metric.P95: 95, Metric.P99: 99}


@dataclass(frozen=True, kw_only=True)
class OpenArm:
    """One variant's stretches, one a round.

    Attributes:
        name: The variant's name.
        identity: Experiment and variant.
        reports_timing: Whether its server tells which variant served a request.
        stretches: Its stretches.
    """

    name: str
    identity: str
    reports_timing: bool = True
    stretches: Sequence[Stretch]

    @cached_property
    def arrivals(self) -> list[Arrival]:
        """Its planned requests."""
        return [arrival for stretch in self.stretches for arrival in stretch.arrivals]

    @cached_property
    def samples(self) -> list[Sample]:
        """Its requests that were sent."""
        return [arrival.sample for arrival in self.arrivals if arrival.sample]

    @cached_property
    def blocks(self) -> list[ArmBlock]:
        """Its stretches as the analysis sees them: whole and cut response times."""
        return [_arm_block(stretch) for stretch in self.stretches]

    @property
    def unsent(self) -> int:
        """How many of its planned requests were never sent."""
        return len(self.arrivals) - len(self.samples)

    @property
    def errors(self) -> Share:
        """The share of its requests that failed."""
        return failed_share(self.samples)

    @property
    def seconds(self) -> float:
        """Time its stretches took, draining included."""
        return sum(stretch.drained - stretch.started for stretch in self.stretches)

    def require_answers(self) -> None:
        """See that there is a distribution of times at all.

        Raises:
            MeasurementError: Not one of its requests succeeded.
        """
        if not any(block.ended_ms.size for block in self.blocks):
            failed = next((sample.error for sample in self.samples if sample.error), "none sent")
            raise MeasurementError(
                f"no request to {self.identity} succeeded ({failed})",
                fix="read the API's log; `h2h status` says where it is",
            )

    def result(self, *, stretch_seconds: float) -> VariantResult:
        """Sum up its requests."""
        rate = fixed_size_estimate(
            np.log([max(block.ended, 0.5) / block.seconds for block in self.blocks])
        )
        summed = variant_result(self.name, self.samples)
        return replace(
            in_rounds(summed, blocks=self.blocks, rate=rate, errors=self.errors),
            open_model=OpenModel(
                planned=len(self.arrivals),
                sent=len(self.samples),
                unsent=self.unsent,
                rate_planned=len(self.arrivals) / (stretch_seconds * len(self.stretches)),
                rate_achieved=self.rate_achieved(stretch_seconds),
                lateness_ms=_lateness([lateness_ms(each) for each in self.arrivals if each.sample]),
                generator_lag_ms=_lateness([generator_lag_ms(each) for each in self.arrivals]),
                # Of the sound samples, counted from when they were really sent.
                service_ms=summed.latency_ms,
            ),
        )

    def load_caveats(self, plan: OpenPlan) -> Iterator[Caveat]:
        """Whether it could keep up with the load."""
        if self.unsent:
            yield load.unsent_work(
                variant=self.identity,
                unsent=self.unsent,
                planned=len(self.arrivals),
                users=plan.users,
            )
        halves = [each for stretch in self.stretches if (each := _halves(stretch))]
        if halves and falls_behind(growth := backlog_growth(halves)):
            yield load.overloaded(
                variant=self.identity,
                growth=growth.ratio,
                rate=plan.rate,
                seconds=plan.stretch_seconds,
            )

    def rate_achieved(self, stretch_seconds: float) -> float:
        """Requests a second that were sent, over the time it took to send them."""
        taken = (
            max(
                (
                    each.sample.started - stretch.started
                    for each in stretch.arrivals
                    if each.sample is not None
                ),
                default=0.0,
            )
            for stretch in self.stretches
        )
        return len(self.samples) / sum(max(each, stretch_seconds) for each in taken)


@dataclass(frozen=True, kw_only=True)
class OpenTally:
    """All stretches of an experiment.

    Attributes:
        plan: What was to be done.
        margin: The smallest effect that matters, as a fraction.
        arms: The baseline first. All have as many rounds.
    """

    plan: OpenPlan
    margin: float
    arms: tuple[OpenArm, ...]

    @property
    def rounds(self) -> int:
        """Rounds taken."""
        return len(self.arms[0].stretches)

    def comparisons(self, *, valid: bool) -> Iterator[Comparison]:
        """Every variant against the baseline: the median response time, the tail as guardrails."""
        baseline, *variants = self.arms
        for variant in variants:
            for metric, level in PERCENTILES.items():
                yield compared_in_rounds(
                    percentile_ratios(
                        baseline=baseline.blocks, variant=variant.blocks, level=level
                    ),
                    variant=variant.name,
                    baseline=baseline.name,
                    metric=metric,
                    margin=self.margin,
                    seconds=baseline.seconds + variant.seconds,
                    valid=valid,
                )

    def caveats(self) -> Iterator[Caveat]:
        """What is wrong with its requests, or with the load that was put on."""
        if self.rounds < NEEDED_ROUNDS:
            yield sample_size.too_few_stretches(rounds=self.rounds, needed=NEEDED_ROUNDS)
        missed = self._rate_missed()
        if missed:
            yield missed
        for arm in self.arms:
            if not missed:
                yield from arm.load_caveats(self.plan)
            yield from variant_caveats(arm.identity, arm.samples, reports_timing=arm.reports_timing)
        yield from body_caveats(chain.from_iterable(arm.samples for arm in self.arms))

    def _rate_missed(self) -> Caveat | None:
        """Judged on all arms together, blind to which of them a request was for.

        A generator that is too busy to take in answers also makes users look busy, so where it
        missed the rate nothing is said of variants that could not keep up.
        """
        lags = np.array([generator_lag_ms(each) for arm in self.arms for each in arm.arrivals])
        tolerated_ms = min(1000 / self.plan.rate, TOLERATED_LAG_MS)
        late = float(np.mean(lags > tolerated_ms))
        if late <= TOLERATED_LATE_SHARE and lags.max() <= TOLERATED_HOLD_UP_MS:
            return None
        return load.rate_missed(
            share=late,
            tolerated_ms=tolerated_ms,
            max_ms=float(lags.max()),
            rate=self.plan.rate,
            achieved=float(
                np.mean([arm.rate_achieved(self.plan.stretch_seconds) for arm in self.arms])
            ),
        )


def _arm_block(stretch: Stretch) -> ArmBlock:
    # Those that kept an unsent request waiting were due before it and ended after it was given up,
    # so a longer time than that of every cut one is known.
    sound = [each for each in stretch.arrivals if each.sample and not each.sample.error]
    return ArmBlock(
        ended=len(sound),
        seconds=stretch.drained - stretch.started,
        ended_ms=np.array([response_ms(each) for each in sound], dtype=np.float64),
        cut_ms=np.array(
            [_waited_ms(each, stretch) for each in stretch.arrivals if each.sample is None]
        ),
    )


def _halves(stretch: Stretch) -> Halves | None:
    """Response times by when they were due; unsent ones took at least as long as they waited."""
    middle = (stretch.started + stretch.closed) / 2
    halves: tuple[list[float], list[float]] = ([], [])
    for each in stretch.arrivals:
        if each.sample is None or not each.sample.error:
            time_ms = response_ms(each)
            halves[each.intended >= middle].append(
                _waited_ms(each, stretch) if time_ms is None else time_ms
            )
    first, second = map(np.array, halves)
    return Halves(first=first, second=second) if first.size and second.size else None


def _waited_ms(unsent: Arrival, stretch: Stretch) -> float:
    return max(0.0, stretch.closed - unsent.intended) * 1000


def _lateness(milliseconds: Sequence[float]) -> Lateness:
    found = summarise(np.array(milliseconds))
    return Lateness(p50=found.p50, p95=found.p95, p99=found.p99, max=found.quantiles[100])
