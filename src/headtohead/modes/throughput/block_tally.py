"""The blocks of one number of users, and what they amount to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from headtohead.analysis.blocks import (
    NEEDED_ROUNDS,
    ArmBlock,
    observed_latencies,
    percentile_ratios,
    throughput,
    throughput_ratios,
)
from headtohead.analysis.interval import FloatArray
from headtohead.analysis.latencies import Latencies
from headtohead.analysis.proportion import Share
from headtohead.analysis.results import Metric
from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment
from headtohead.load.messages.arm import Sample
from headtohead.modes.arms import (
    body_caveats,
    bounds,
    compared_in_rounds,
    failed_share,
    in_rounds,
    variant_caveats,
    variant_result,
)
from headtohead.modes.throughput.block_filter import BlockSamples
from headtohead.records.comparison import Comparison
from headtohead.records.results import (
    Caveat,
    Step,
    StepVariant,
    VariantResult,
)
from headtohead.validity import load, sample_size
from headtohead.validity.load import TOLERATED_UNRESOLVED

PERCENTILES = {Metric.P50: 50, Metric.P95: 95, Metric.P99: 99}


@dataclass(frozen=True, kw_only=True)
class ArmTally:
    """One variant's blocks, one a round.

    Attributes:
        name: The variant's name.
        identity: Experiment and variant.
        reports_timing: Whether its server tells which variant served a request.
        users: Users who sent the requests.
        rounds: Its blocks with their requests.
    """

    name: str
    identity: str
    reports_timing: bool = True
    users: int
    rounds: Sequence[BlockSamples]

    @cached_property
    def blocks(self) -> list[ArmBlock]:
        """Its blocks as the analysis sees them."""
        return [each.arm_block() for each in self.rounds]

    @cached_property
    def counted(self) -> list[Sample]:
        """Its requests that count, the failed ones included."""
        return [sample for each in self.rounds for sample in each.counted]

    @cached_property
    def latencies(self) -> Latencies:
        """The distribution of its latencies.

        Raises:
            MeasurementError: Not one request began, succeeded and ended within a block.
        """
        if not any(block.ended_ms.size for block in self.blocks):
            failed = next((sample.error for sample in self.counted if sample.error), "")
            raise MeasurementError(
                f"no request to {self.identity} succeeded within a block"
                + (f" ({failed})" if failed else ""),
                fix="read the API's log"
                if failed
                else "take longer blocks with --block, or fewer --users",
            )
        return observed_latencies(self.blocks)

    @property
    def errors(self) -> Share:
        """The share of its requests that failed."""
        return failed_share(self.counted)

    @property
    def seconds(self) -> float:
        """Time its blocks took, draining included."""
        return sum(each.seconds for each in self.rounds)

    def result(self) -> VariantResult:
        """Sum up its requests."""
        return in_rounds(
            variant_result(self.name, self.counted),
            blocks=self.blocks,
            rate=throughput(self.blocks),
            errors=self.errors,
        )

    def step(self) -> StepVariant:
        """What it gave at its number of users."""
        rate, summary = throughput(self.blocks), self.latencies.summary()
        return StepVariant(
            name=self.name,
            throughput_rps=rate.ratio,
            throughput_ci95=bounds(rate),
            p50=summary.p50,
            p99=summary.p99,
        )

    def block_caveats(self, *, margin: float, block_seconds: float) -> Iterator[Caveat]:
        """What is wrong with blocks of that length for its requests."""
        p99 = self.latencies.percentile(99)
        requests = float(np.mean([block.ended for block in self.blocks]))
        if 0.5 / requests > margin:
            yield load.coarse_blocks(variant=self.identity, requests=requests, users=self.users)
        if self.latencies.unresolved > TOLERATED_UNRESOLVED:
            yield load.requests_outlast_blocks(
                variant=self.identity, share=self.latencies.unresolved, users=self.users
            )
        elif p99 > block_seconds * 1000 / 2:
            yield load.long_requests(
                variant=self.identity,
                p99_ms=p99,
                block_ms=block_seconds * 1000,
                users=self.users,
            )


@dataclass(frozen=True, kw_only=True)
class LoadTally:
    """All blocks of one number of users.

    Attributes:
        users: How many sent requests at the same time.
        margin: The smallest effect that matters, as a fraction.
        block_seconds: How long a block was measured.
        arms: The baseline first. All have as many rounds.
    """

    users: int
    margin: float
    block_seconds: float
    arms: tuple[ArmTally, ...]

    @property
    def rounds(self) -> int:
        """Rounds taken."""
        return len(self.arms[0].rounds)

    def comparisons(self, *, valid: bool) -> Iterator[Comparison]:
        """Every variant against the baseline: throughput, and percentiles as guardrails."""
        baseline, *variants = self.arms
        for variant in variants:
            blocks = {"baseline": baseline.blocks, "variant": variant.blocks}
            effects = {Metric.THROUGHPUT: throughput_ratios(**blocks)} | {
                metric: percentile_ratios(**blocks, level=level)
                for metric, level in PERCENTILES.items()
            }
            for metric, ratios in effects.items():
                yield self._comparison(variant, metric=metric, ratios=ratios, valid=valid)

    def step(self) -> Step:
        """What every variant gave at this number of users."""
        return Step(users=self.users, variants=tuple(arm.step() for arm in self.arms))

    def caveats(self) -> Iterator[Caveat]:
        """What is wrong with its requests, or with their number."""
        if self.rounds < NEEDED_ROUNDS:
            yield sample_size.too_few_rounds(
                rounds=self.rounds, users=self.users, needed=NEEDED_ROUNDS
            )
        for arm in self.arms:
            yield from variant_caveats(arm.identity, arm.counted, reports_timing=arm.reports_timing)
        yield from body_caveats(chain.from_iterable(arm.counted for arm in self.arms))

    def block_caveats(self) -> Iterator[Caveat]:
        """What is wrong with the length of its blocks."""
        for arm in self.arms:
            yield from arm.block_caveats(margin=self.margin, block_seconds=self.block_seconds)

    def _comparison(
        self, variant: ArmTally, *, metric: Metric, ratios: FloatArray, valid: bool
    ) -> Comparison:
        baseline = self.arms[0]
        return compared_in_rounds(
            ratios,
            variant=variant.name,
            baseline=baseline.name,
            metric=metric,
            margin=self.margin,
            seconds=baseline.seconds + variant.seconds,
            valid=valid,
        )


def load_tally(
    experiment: Experiment,
    rounds: Sequence[Sequence[BlockSamples]],
    *,
    users: int,
    margin: float,
    block_seconds: float,
) -> LoadTally:
    """Deal out rounds to arms.

    Args:
        experiment: What was measured.
        rounds: For every round its blocks in the order of the arms.
        users: See `LoadTally`.
        margin: See `LoadTally`.
        block_seconds: See `LoadTally`.
    """
    return LoadTally(
        users=users,
        margin=margin,
        block_seconds=block_seconds,
        arms=tuple(
            ArmTally(
                name=variant.name,
                identity=experiment.identity(variant),
                reports_timing=experiment.reports_timing(variant),
                users=users,
                rounds=[each[index] for each in rounds],
            )
            for index, variant in enumerate(experiment.all_variants)
        ),
    )
