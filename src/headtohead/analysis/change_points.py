"""Change points of a series of ratios: where its level became another one, and stayed.

The method is that of Matteson & James (2014, "A nonparametric approach for multiple change point
analysis of multivariate data", JASA 109): a series is split where the energy distance of its two
parts is greatest, if that is more than chance does, and each part again. It asks nothing of the
noise but that its order means nothing. That is also how it is used on benchmarks elsewhere (Daly et
al., 2020, "The use of change point detection to identify software performance regressions in a
continuous integration system"; Apache Otava), where Student's test has taken the permutations'
place. Permutations need no normal noise, so whatever its shape a quiet series is split at most as
often as `ALPHA` says. A series whose noise remembers, as if a machine had good and bad weeks,
is split more often; ratios to an anchor measured beside it cancel most of that.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import ttest_ind

from headtohead.analysis.interval import FloatArray

# How often a series without any change is said to have one.
ALPHA = 0.01
# One odd measurement is no change, and neither are two.
FEWEST = 3
_PERMUTATIONS = 999
# A result has to be the same whenever it is asked for.
_SEED = 20140101


@dataclass(frozen=True, kw_only=True)
class ChangePoint:
    """A step in a series.

    Attributes:
        index: Of the first value on the new level.
        before: Geometric mean of the level before.
        after: Geometric mean of the new level.
        step: `after` over `before`.
        ci95: The 95 % interval of `step` (Welch, 1947).
    """

    index: int
    before: float
    after: float
    step: float
    ci95: tuple[float, float]


def changes(ratios: Sequence[float]) -> tuple[ChangePoint, ...]:
    """The change points of a series, in its order.

    Args:
        ratios: Positive numbers.
    """
    values = np.log(np.asarray(ratios, dtype=np.float64))
    random = np.random.default_rng(_SEED)
    splits = sorted(_splits(values, 0, random))
    levels = [0, *splits, len(values)]
    return tuple(
        _change(values[before:at], values[at:after], index=at)
        for before, at, after in zip(levels, levels[1:], levels[2:], strict=False)
    )


def _splits(values: FloatArray, offset: int, random: np.random.Generator) -> Iterator[int]:
    at = _split(values, random)
    if at is not None:
        yield offset + at
        yield from _splits(values[:at], offset, random)
        yield from _splits(values[at:], offset + at, random)


def _split(values: FloatArray, random: np.random.Generator) -> int | None:
    """Where a series is to be split; None where that would be chance."""
    if len(values) < 2 * FEWEST:
        return None
    distances = np.abs(values[:, None] - values[None, :])
    statistics = _statistics(distances)
    best = int(np.argmax(statistics))
    # The greatest of all splits is compared with the greatest of all splits of the same values in
    # another order, so however many there are to choose from, the rate is kept.
    allowed = math.floor(ALPHA * (_PERMUTATIONS + 1)) - 1
    as_great = 0
    for _ in range(_PERMUTATIONS):
        order = random.permutation(len(values))
        shuffled = _statistics(distances[order][:, order])
        # Equal values in another order are as great but for rounding.
        as_great += bool(shuffled.max() >= statistics[best] * (1 - 1e-9))
        if as_great > allowed:
            return None
    return FEWEST + best


def _statistics(distances: FloatArray) -> FloatArray:
    """The scaled energy distance between the two parts of every split (Matteson & James, eq. 5).

    Args:
        distances: Between all values, in their order.

    Returns:
        One for each split from `FEWEST` values on the left to as many on the right.
    """
    size = len(distances)
    left = np.arange(FEWEST, size - FEWEST + 1)
    right = size - left
    sums = distances.cumsum(axis=0).cumsum(axis=1)
    total = sums[-1, -1]
    # Each counts every pair within a part, or across, twice.
    within_left = sums[left - 1, left - 1]
    across = 2 * (sums[left - 1, -1] - within_left)
    within_right = total - within_left - across
    energy = (
        across / (left * right)
        - within_left / (left * (left - 1))
        - within_right / (right * (right - 1))
    )
    scaled: FloatArray = left * right / size * energy
    return scaled


def _change(before: FloatArray, after: FloatArray, *, index: int) -> ChangePoint:
    step = float(np.mean(after) - np.mean(before))
    low = high = step
    # Values that are all the same leave nothing to be unsure of, and Welch's test undefined.
    if np.ptp(before) or np.ptp(after):
        interval = ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
        low, high = float(interval.low), float(interval.high)
    return ChangePoint(
        index=index,
        before=float(np.exp(np.mean(before))),
        after=float(np.exp(np.mean(after))),
        step=math.exp(step),
        ci95=(math.exp(low), math.exp(high)),
    )
