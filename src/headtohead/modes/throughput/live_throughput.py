"""What can be said of throughput while blocks come in."""

import math
from collections.abc import Sequence

import numpy as np

from headtohead.analysis.interval import fixed_size_estimate
from headtohead.analysis.results import Metric
from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment
from headtohead.load.messages.throughput import BlockPlan
from headtohead.modes.arms import arm_traffic
from headtohead.modes.mode import Progress, Traffic
from headtohead.modes.throughput.block_filter import BlockSamples, generator_use_under_load
from headtohead.records.comparison import Mode


def block_traffic(
    block: BlockSamples, *, names: Sequence[str], users: int, block_seconds: float
) -> Traffic:
    """The traffic of one block.

    Args:
        block: The block.
        names: Names of the variants, the baseline's first.
        users: Users who put it on.
        block_seconds: How long it was to be measured.
    """
    use = generator_use_under_load([[block]], block_seconds=block_seconds)
    sent = [sample for part in block.parts for sample in part.samples]
    # Requests to the arm before, in flight at the switch, are reported with this block.
    arms = {
        name: arm_traffic(sent=own, compared=(), pairs=0)
        for name in names
        if (own := [sample for sample in sent if sample.identity.endswith(f"/{name}")])
    }
    name = names[block.arm]
    arms[name] = arm_traffic(
        sent=(sample for sample in sent if sample.identity.endswith(f"/{name}")),
        compared=block.counted,
        pairs=1 if block.arm else 0,
        turned_to=block.parts[0].block.started,
    )
    return Traffic(
        users=users,
        arms=arms,
        cpu_share=use.cpu_share,
        lag_seconds=use.lag_max_ms / 1000,
    )


class LiveThroughput:
    """The effect on throughput over the whole rounds so far.

    Args:
        experiment: What is measured.
        plan: Its blocks.
    """

    def __init__(self, experiment: Experiment, plan: BlockPlan) -> None:
        self._names = [each.name for each in experiment.all_variants]
        self._plan = plan
        self._rates: list[list[float]] = [[] for _ in plan.arms]
        self._whole = [0] * len(plan.arms)
        self._variant = 1

    @property
    def rounds(self) -> int:
        """Whole rounds so far."""
        return min(len(rates) for rates in self._rates)

    def add(self, block: BlockSamples) -> None:
        """Take in a block; those of its requests that count have all ended."""
        arm, seen = block.arm, block.arm_block()
        self._rates[arm].append(seen.requests_per_second)
        self._whole[arm] += len(seen.ended_ms)
        self._variant = arm or self._variant

    def require_whole_requests(self) -> None:
        """See that requests fit into blocks at all.

        Raises:
            MeasurementError: Those of some arm do not.
        """
        for arm, whole in zip(self._plan.arms, self._whole, strict=True):
            if not whole:
                raise MeasurementError(
                    f"with {self._plan.users} users, requests to {arm.identity} take longer than a "
                    f"block of {self._plan.block_seconds:g} s",
                    fix="take longer blocks with --block, or fewer --users",
                )

    def progress(self, last: BlockSamples, *, seconds_left: float, position: float) -> Progress:
        """The effect of the variant that was seen last, over whole rounds."""
        baseline, variant = (self._rates[arm][: self.rounds] for arm in (0, self._variant))
        estimate = fixed_size_estimate(np.log(variant) - np.log(baseline)) if self.rounds else None
        return Progress(
            pairs=self.rounds,
            variant=self._names[self._variant],
            metric=Metric.THROUGHPUT,
            ratio=estimate.ratio if estimate else None,
            interval=(estimate.low, estimate.high) if estimate else (0.0, math.inf),
            seconds_left=seconds_left,
            position=position,
            traffic=block_traffic(
                last,
                names=self._names,
                users=self._plan.users,
                block_seconds=self._plan.block_seconds,
            ),
            unit=Mode.THROUGHPUT.pair,
        )
