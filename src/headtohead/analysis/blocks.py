"""From blocks to effects: requests a second and percentiles of arms under the same load.

A round holds one block of every arm in random order, so if the variant makes no difference, its
block and the baseline's could change places: the sign of a round's log ratio is a coin flip, and
the intervals of `headtohead.analysis.interval` hold for rounds as they do for request pairs.
Requests of one block are dependent (they queue behind each other), so none of them is ever taken
for an observation of its own: rounds are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from headtohead.analysis.interval import Estimate, FloatArray, fixed_size_estimate
from headtohead.analysis.latencies import Latencies, latencies

# Below this number the sign-flip interval would leave out at most the outermost round.
NEEDED_ROUNDS = 8
# A percentile is read from groups of rounds in which each arm has, on average, at least so many
# requests beyond it.
NEEDED_BEYOND = 2


@dataclass(frozen=True, kw_only=True)
class ArmBlock:
    """What one block showed of its arm, in which at least one request ended.

    Attributes:
        ended: Requests that ended while the block was measured.
        seconds: How long it was measured.
        ended_ms: Latencies of requests that began and ended while it was measured.
        cut_ms: How long those had lasted that began in it and were in flight at its end.
    """

    ended: int
    seconds: float
    ended_ms: FloatArray
    cut_ms: FloatArray

    @property
    def requests_per_second(self) -> float:
        """Throughput.

        A block's measurement begins just as a request ends, so half an interval between two
        requests, on average, is still under way when it ends.
        """
        return (self.ended + 0.5) / self.seconds


def merged(blocks: Sequence[ArmBlock]) -> ArmBlock:
    """Blocks of one arm as if they were one."""
    return ArmBlock(
        ended=sum(block.ended for block in blocks),
        seconds=sum(block.seconds for block in blocks),
        ended_ms=np.concatenate([block.ended_ms for block in blocks]),
        cut_ms=np.concatenate([block.cut_ms for block in blocks]),
    )


def side_by_side(parts: Sequence[ArmBlock]) -> ArmBlock:
    """One block of several workers who put load on at the same time, each by a clock of its own.

    Its throughput is the sum of theirs: it lasted as long as it takes them together, each at its
    own rate, to get to the number of requests that ended.
    """
    ended = sum(part.ended for part in parts)
    rate = sum(part.ended / part.seconds for part in parts)
    mean = sum(part.seconds for part in parts) / len(parts)
    return replace(merged(parts), seconds=ended / rate if ended else mean)


def observed_latencies(blocks: Sequence[ArmBlock]) -> Latencies:
    """The distribution of latencies over blocks of one arm."""
    whole = merged(blocks)
    return latencies(ended_ms=whole.ended_ms, cut_ms=whole.cut_ms)


def throughput(blocks: Sequence[ArmBlock]) -> Estimate:
    """Requests a second of one arm: the median block with an interval over blocks.

    It is as wide as the machine is unsteady; the ratio of two arms is known better.
    """
    return fixed_size_estimate(_log_throughputs(blocks))


def throughput_ratios(*, baseline: Sequence[ArmBlock], variant: Sequence[ArmBlock]) -> FloatArray:
    """The log ratio of requests a second, variant over baseline, of every round.

    Args:
        baseline: Blocks of the baseline, one a round.
        variant: Blocks of the variant in the same rounds.
    """
    return _log_throughputs(variant) - _log_throughputs(baseline)


def percentile(blocks: Sequence[ArmBlock], *, level: float) -> Estimate:
    """A percentile of one arm's latencies in ms: the median group with an interval over groups."""
    return fixed_size_estimate(_log_percentiles(_groups([blocks], level=level)[0], level=level))


def percentile_ratios(
    *, baseline: Sequence[ArmBlock], variant: Sequence[ArmBlock], level: float
) -> FloatArray:
    """The log ratio of a percentile, variant over baseline, of every group of rounds.

    A round may have too few requests for the percentile, so successive rounds are taken together
    until both arms have enough. Which arm is short of requests does not matter to the grouping, so
    within a group, as within a round, the arms could change places if the variant made no
    difference.

    Args:
        baseline: Blocks of the baseline, one a round.
        variant: Blocks of the variant in the same rounds.
        level: Which percentile, such as 99.
    """
    one, other = _groups([baseline, variant], level=level)
    return _log_percentiles(other, level=level) - _log_percentiles(one, level=level)


def _log_throughputs(blocks: Sequence[ArmBlock]) -> FloatArray:
    return np.log([block.requests_per_second for block in blocks])


def _log_percentiles(groups: Sequence[ArmBlock], *, level: float) -> FloatArray:
    return np.log([observed_latencies([group]).percentile(level) for group in groups])


def _groups(arms: Sequence[Sequence[ArmBlock]], *, level: float) -> list[list[ArmBlock]]:
    """Each arm's blocks, merged over the same successive rounds; a remainder joins the last."""
    needed = NEEDED_BEYOND / min(level, 100 - level) * 100
    starts = [0]
    counts = np.cumsum([[len(block.ended_ms) for block in blocks] for blocks in arms], axis=1)
    taken = np.zeros(len(arms))
    for index in range(counts.shape[1]):
        if np.all(counts[:, index] - taken >= needed):
            taken = counts[:, index]
            starts.append(index + 1)
    starts = starts[:-1] or starts
    ends = [*starts[1:], counts.shape[1]]
    return [
        [merged(blocks[start:end]) for start, end in zip(starts, ends, strict=True)]
        for blocks in arms
    ]
