"""Which requests of a run in blocks count, and for what."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from headtohead.analysis.blocks import ArmBlock
from headtohead.load.blocks import Block
from headtohead.load.plan import Sample


@dataclass(frozen=True, kw_only=True)
class BlockSamples:
    """A block with the requests that began in it, in the order in which they ended.

    Attributes:
        block: The block.
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


def by_block(blocks: Sequence[Block], samples: Sequence[Sample]) -> list[BlockSamples]:
    """Give every request to the block in which it began.

    Args:
        blocks: In the order they were taken.
        samples: Requests that began in one of them, in any order.
    """
    starts = [block.started for block in blocks]
    own: list[list[Sample]] = [[] for _ in blocks]
    for sample in samples:
        own[bisect_right(starts, sample.started) - 1].append(sample)
    return [
        BlockSamples(block=block, samples=tuple(each))
        for block, each in zip(blocks, own, strict=True)
    ]


def _ended(sample: Sample) -> float:
    return sample.started + sample.milliseconds / 1000
