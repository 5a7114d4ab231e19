"""Reproducible random numbers: one independent stream for each column of each block of rows."""

from collections.abc import Sequence
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]


class Draws:
    """The random numbers of one block of rows.

    They are taken from the raw stream of the bit generator, the only part of numpy.random that
    promises never to change between releases.

    Args:
        seed: The seed of the whole run, not negative.
        block: The number of the block.
    """

    def __init__(self, *, seed: int, block: int) -> None:
        self._seed = seed
        self._block = block

    def integers(self, column: str, *, size: int, below: int | Integers) -> Integers:
        """Integers from 0 up to but not including a limit, or a limit for each.

        Args:
            column: Names the stream.
            size: How many.
            below: The limit.
        """
        entropy = np.random.SeedSequence([self._seed, crc32(column.encode()), self._block])
        # Without the top bit they fit a signed integer.
        raw = (np.random.PCG64(entropy).random_raw(size) >> 1).astype(np.int64)
        return raw % below

    def choices(self, column: str, *, size: int, values: Sequence[Any]) -> list[Any]:
        """Values drawn with replacement.

        Args:
            column: Names the stream.
            size: How many.
            values: What to draw from, each as likely as the others.
        """
        return pick(values, self.integers(column, size=size, below=len(values)))


def pick(values: Sequence[Any], indices: Integers) -> list[Any]:
    """The values at the given indices."""
    return list(np.array(values, dtype=object)[indices])


def positions(counts: Integers) -> Integers:
    """The running number of every child within its parent, when parents have so many children.

    ``[2, 0, 3]`` gives ``[0, 1, 0, 1, 2]``.
    """
    firsts = np.cumsum(counts) - counts
    return np.arange(counts.sum()) - np.repeat(firsts, counts)


def distinct(draws: Draws, column: str, *, counts: Integers, among: int, most: int) -> Integers:
    """For each parent as many different indices as it has children.

    They lie evenly spaced at a random distance from a random start.

    Args:
        draws: Where randomness comes from.
        column: Names the stream.
        counts: How many indices each parent needs, none more than `most` or `among`.
        among: Indices run from 0 up to but not including this.
        most: The largest count there can be; distances are kept short enough for it.
    """
    start = draws.integers(f"{column}.start", size=len(counts), below=among)
    distance = draws.integers(f"{column}.distance", size=len(counts), below=max(among // most, 1))
    return (np.repeat(start, counts) + positions(counts) * np.repeat(distance + 1, counts)) % among
