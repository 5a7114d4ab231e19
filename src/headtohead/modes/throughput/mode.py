"""The throughput mode: blocks of load on every variant, at one or more numbers of users."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Self

from headtohead.analysis.saturation import knee
from headtohead.config import Config
from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment
from headtohead.load.control.distributed import Fleet
from headtohead.load.control.load_generator import load_generator
from headtohead.load.messages.arm import Sample
from headtohead.load.messages.throughput import Block, BlockBatch, BlockPlan
from headtohead.modes.arms import arms_of, error_differences
from headtohead.modes.mode import (
    TOLERATED_ERRORS,
    LoadMode,
    Measured,
    Progress,
    require_rounds,
)
from headtohead.modes.throughput.block_filter import (
    BlockPart,
    BlockSamples,
    by_block,
    generator_use_under_load,
    joined,
    write_blocks,
)
from headtohead.modes.throughput.block_tally import LoadTally, load_tally
from headtohead.modes.throughput.live_throughput import LiveThroughput
from headtohead.modes.throughput.workers import fleet_caveats, open_workers, require_workers
from headtohead.records.comparison import Mode
from headtohead.records.results import Caveat, ExperimentResult, Step, VariantResult
from headtohead.stack.target import Target
from headtohead.validity.generator import load_caveats

# After so many rounds without a single whole request of a variant there will hardly be any.
PATIENT_ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class MeasuredLoad(Measured):
    """An experiment's result and the raw requests it rests on, by number of users."""

    blocks: Mapping[int, Sequence[BlockSamples]]

    def write_raw(self, directory: Path) -> None:
        """Keep the raw requests beside the record."""
        write_blocks(
            directory / "blocks" / f"{self.result.name}.csv",
            self.blocks,
            arms=[variant.name for variant in self.result.variants],
        )


@dataclass(frozen=True, kw_only=True)
class ThroughputMode(LoadMode[MeasuredLoad]):
    """Blocks of load from many users, in one process or spread over workers.

    Attributes:
        fleet: The workers that the users are spread over; None where one process has them all.
            Users are not stepped up further once one of them is lost.
    """

    fleet: Fleet | None = None

    def require(self, config: Config) -> None:
        """Refuse a budget too short for a verdict, and workers without users."""
        require_rounds(config)
        require_workers(config)

    @contextmanager
    def opened(
        self, config: Config, *, target: Target, note: Callable[[str], None]
    ) -> Iterator[Self]:
        """This mode with its workers."""
        with open_workers(config, target=target, note=note) as fleet:
            yield replace(self, fleet=fleet)

    @property
    def is_broken(self) -> bool:
        """Whether a worker was lost."""
        return self.fleet is not None and self.fleet.broken is not None

    def measure(
        self,
        experiment: Experiment,
        *,
        target: Target,
        config: Config,
        seed: int,
        on_progress: Callable[[Progress], None],
    ) -> MeasuredLoad:
        """Put load on every variant in turn until the budget is spent, for each number of users.

        Args:
            experiment: What to measure; its preflight has passed.
            target: The API.
            config: Users, length of a block, budget, margin and warm-up.
            seed: Seed of the order of blocks.
            on_progress: Called at every switch.

        Raises:
            MeasurementError: The generator broke down, requests do not fit into blocks, or a worker
                was lost at once.
        """
        arms = arms_of(experiment, url_of=target.url_of, token=target.token)
        blocks: dict[int, list[BlockSamples]] = {}
        tallies: list[LoadTally] = []
        for index, users in enumerate(config.users):
            plan = BlockPlan(
                arms=arms,
                users=users,
                warm_up=config.warm_up,
                block_seconds=config.block,
                seconds=config.budget * len(arms) / 2,  # a comparison takes two blocks a round
                seed=seed + index,
            )
            blocks[users] = _take(
                experiment,
                plan,
                fleet=self.fleet,
                later_steps=len(config.users) - index - 1,
                steps=len(config.users),
                on_progress=on_progress,
            )
            rounds = _whole_rounds(blocks[users], arms=len(plan.arms))
            if rounds:
                tallies.append(
                    load_tally(
                        experiment,
                        rounds,
                        users=users,
                        margin=config.margin,
                        block_seconds=config.block,
                    )
                )
            if self.is_broken:
                if not tallies:
                    raise _lost_too_early(*fleet_caveats(self.fleet))
                break
        result = _result(experiment, tallies, fleet=self.fleet, seed=seed)
        return MeasuredLoad(result=result, blocks=blocks)


def _take(
    experiment: Experiment,
    plan: BlockPlan,
    *,
    fleet: Fleet | None,
    later_steps: int,
    steps: int,
    on_progress: Callable[[Progress], None],
) -> list[BlockSamples]:
    """Carry out a plan, and give up on a server that fails too often.

    Raises:
        MeasurementError: It failed so often that there is no round that is whole.
    """
    workers = fleet.workers if fleet else 1
    live = LiveThroughput(experiment, plan)
    blocks: list[list[Block]] = [[] for _ in range(workers)]
    samples: list[list[Sample]] = [[] for _ in range(workers)]
    parts: list[BlockPart] = []
    errors = 0
    with _batches(plan, fleet=fleet) as batches:
        for worker, batch in batches:
            blocks[worker] += batch.blocks
            samples[worker] += batch.samples
            errors += sum(bool(sample.error) for sample in batch.samples)
            if errors > TOLERATED_ERRORS:
                break
            parts += (
                BlockPart(block=block, samples=tuple(batch.samples)) for block in batch.blocks
            )
            if len(parts) == workers:
                block = BlockSamples(parts=tuple(parts))
                parts.clear()
                live.add(block)
                spent = blocks[worker][-1].ended - blocks[worker][0].started
                left = max(0.0, plan.seconds - spent) + plan.seconds * later_steps
                on_progress(
                    live.progress(
                        block, seconds_left=left, position=1 - left / (plan.seconds * steps)
                    )
                )
            if live.rounds == PATIENT_ROUNDS and not errors:
                live.require_whole_requests()
    taken = joined([by_block(*seen) for seen in zip(blocks, samples, strict=True)])
    broken = fleet is not None and fleet.broken is not None
    if not broken and not _whole_rounds(taken, arms=len(plan.arms)):
        failed = (sample.error for each in samples for sample in each if sample.error)
        raise MeasurementError(
            f"requests failed before a single round was whole ({next(failed)})",
            fix="read the API's log; `h2h status` says where it is",
        )
    return taken


@contextmanager
def _batches(plan: BlockPlan, *, fleet: Fleet | None) -> Iterator[Iterator[tuple[int, BlockBatch]]]:
    """Batches with the number of the worker that they are from."""
    if fleet:
        yield fleet.take(plan)
        return
    with load_generator() as generator:
        generator.start(plan)
        yield ((0, batch) for batch in generator.block_batches())


def _whole_rounds(blocks: Sequence[BlockSamples], *, arms: int) -> list[list[BlockSamples]]:
    """Rounds that hold every arm, their blocks in the order of the arms."""
    rounds = (list(each) for _, each in groupby(blocks, key=attrgetter("round")))
    return [sorted(each, key=attrgetter("arm")) for each in rounds if len(each) == arms]


def _lost_too_early(broken: Caveat) -> MeasurementError:
    return MeasurementError(
        f"{broken.message.removesuffix('.')}, before a single round was whole",
        fix=broken.advice.removesuffix("."),
    )


def _result(
    experiment: Experiment, tallies: Sequence[LoadTally], *, fleet: Fleet | None, seed: int
) -> ExperimentResult:
    last = tallies[-1]
    use = generator_use_under_load(
        [arm.rounds for arm in last.arms], block_seconds=last.block_seconds
    )
    # With fewer users requests take less time: blocks that are long enough at last always were.
    caveats = (
        *dict.fromkeys(caveat for tally in tallies for caveat in tally.caveats()),
        *last.block_caveats(),
        *load_caveats(use),
        *fleet_caveats(fleet),
    )
    valid = not any(caveat.invalidates for caveat in caveats)
    steps = tuple(tally.step() for tally in tallies) if len(tallies) > 1 else ()
    return ExperimentResult(
        name=experiment.name,
        question=experiment.question,
        mode=Mode.THROUGHPUT,
        baseline=experiment.baseline.name,
        method=experiment.request.method,
        path=experiment.request.path,
        pairs=last.rounds * len(experiment.variants),
        seed=seed,
        variants=tuple(_with_knee(arm.result(), steps) for arm in last.arms),
        comparisons=tuple(last.comparisons(valid=valid)),
        caveats=caveats,
        users=last.users,
        workers=fleet.workers if fleet else 0,
        generator=use,
        error_differences=tuple(error_differences(*last.arms)),
        steps=steps,
    )


def _with_knee(result: VariantResult, steps: Sequence[Step]) -> VariantResult:
    throughput = {
        step.users: variant.throughput_rps
        for step in steps
        for variant in step.variants
        if variant.name == result.name
    }
    return replace(result, knee_users=knee(throughput))
