"""Which requests of a run in blocks count, for what, and how the generator fared."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from headtohead.analysis.blocks import ArmBlock, side_by_side
from headtohead.load.messages.arm import Sample
from headtohead.load.messages.throughput import Block
from headtohead.records.recording import write_table
from headtohead.records.results import GeneratorUse

REQUEST_COLUMNS = (
    "users",
    "round",
    "variant",
    "worker",
    "started",
    "milliseconds",
    "counted",
    "error",
)
# A block is that much longer where the loop is late at its end, as a part of its length. What ended
# meanwhile is counted over the time that really passed, so only latencies suffer.
TOLERATED_BLOCK_LAG = 0.1


@dataclass(frozen=True, kw_only=True)
class BlockPart:
    """A block as one process saw it, with the requests that it began in it, as they ended.

    Attributes:
        block: The block, by the clock of that process.
        samples: Those in flight at its end included.
    """

    block: Block
    samples: tuple[Sample, ...]

    def counts(self, sample: Sample) -> bool:
        """Whether one of its requests ended while it was measured; one in flight is dropped."""
        return self.block.drained < _ended(sample) <= self.block.ended

    @property
    def counted(self) -> Iterator[Sample]:
        """Its requests that count."""
        return filter(self.counts, self.samples)

    def arm_block(self) -> ArmBlock:
        """What the analysis wants to know of the block. Failed requests are left out.

        Requests that began before the block was drained count for throughput, because they ended
        in its time, but not for latency, because they shared the server with another arm.
        """
        timed = [
            sample
            for sample in self.samples
            if not sample.error and sample.started >= self.block.drained
        ]
        return ArmBlock(
            ended=sum(not sample.error for sample in self.counted),
            seconds=self.block.ended - self.block.drained,
            ended_ms=np.array(
                [each.milliseconds for each in timed if _ended(each) <= self.block.ended]
            ),
            cut_ms=np.array(
                [
                    (self.block.ended - each.started) * 1000
                    for each in timed
                    if _ended(each) > self.block.ended
                ]
            ),
        )


@dataclass(frozen=True, kw_only=True)
class BlockSamples:
    """A block with its requests.

    Attributes:
        parts: What each process that put load on saw of it.
    """

    parts: tuple[BlockPart, ...]

    @property
    def round(self) -> int:
        """Number of its round."""
        return self.parts[0].block.round

    @property
    def arm(self) -> int:
        """Index of its arm in the plan."""
        return self.parts[0].block.arm

    @property
    def seconds(self) -> float:
        """How long it took, draining included."""
        return max(part.block.ended - part.block.started for part in self.parts)

    @property
    def counted(self) -> Iterator[Sample]:
        """Its requests that count."""
        return chain.from_iterable(part.counted for part in self.parts)

    def arm_block(self) -> ArmBlock:
        """What the analysis wants to know of it."""
        return side_by_side([part.arm_block() for part in self.parts])


def joined(workers: Sequence[Sequence[BlockPart]]) -> list[BlockSamples]:
    """Put together what processes saw of the same blocks; one that not all saw is left out.

    Args:
        workers: For every process what it saw, in the order in which the blocks were taken.
    """
    return [BlockSamples(parts=parts) for parts in zip(*workers, strict=False)]


def by_block(blocks: Sequence[Block], samples: Sequence[Sample]) -> list[BlockPart]:
    """Give every request of one process to the block in which it began, by that process' clock.

    Args:
        blocks: In the order they were taken.
        samples: Requests that began in one of them, in any order.
    """
    starts = [block.started for block in blocks]
    own: list[list[Sample]] = [[] for _ in blocks]
    for sample in samples:
        own[bisect_right(starts, sample.started) - 1].append(sample)
    return [
        BlockPart(block=block, samples=tuple(each)) for block, each in zip(blocks, own, strict=True)
    ]


def _ended(sample: Sample) -> float:
    return sample.started + sample.milliseconds / 1000


def write_blocks(
    path: Path, blocks: Mapping[int, Sequence[BlockSamples]], *, arms: Sequence[str]
) -> None:
    """Keep the raw requests of a run in blocks, those that were dropped included.

    Args:
        path: The CSV file to write.
        blocks: Blocks in the order they were taken, by number of users.
        arms: Names of the arms the blocks' indices stand for.
    """
    write_table(
        path,
        REQUEST_COLUMNS,
        (
            (
                users,
                block.round,
                arms[block.arm],
                worker,
                f"{sample.started:.6f}",
                f"{sample.milliseconds:.6f}",
                "yes" if part.counts(sample) else "no",
                sample.error,
            )
            for users, taken in blocks.items()
            for block in taken
            for worker, part in enumerate(block.parts, start=1)
            for sample in part.samples
        ),
    )


def generator_use_under_load(
    arms: Sequence[Sequence[BlockSamples]], *, block_seconds: float
) -> GeneratorUse:
    """Sum up how the generator fared in blocks.

    The arm that kept it busiest counts, and of several processes the busiest: one that is saturated
    by the faster arm alone draws that arm towards the slower one. A block that lasted longer than
    was planned shows that the event loop was held up just then.

    Args:
        arms: The blocks of every arm.
        block_seconds: How long a block was to be measured.
    """
    processes = [
        [part.block for part in parts]
        for blocks in arms
        for parts in zip(*(block.parts for block in blocks), strict=True)
    ]
    lags = [
        (block.ended - block.drained - block_seconds) * 1000
        for blocks in processes
        for block in blocks
    ]
    tolerated = block_seconds * 1000 * TOLERATED_BLOCK_LAG
    return GeneratorUse(
        cpu_share=max(
            sum(block.cpu_seconds for block in blocks)
            / sum(block.ended - block.drained for block in blocks)
            for blocks in processes
        ),
        held_up_share=sum(lag > tolerated for lag in lags) / len(lags),
        lag_p99_ms=max(0.0, float(np.percentile(lags, 99))),
        lag_max_ms=max(0.0, *lags),
    )
