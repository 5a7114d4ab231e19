"""Rows as lines of COPY's text format."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from app.seeding.draws import Draws, Integers

# So few products or customers to a block that its lines fit into a socket's buffer: the database
# stores one block while the next is made.
BLOCK = 500
# Every time lies in the three years before this, whenever the rows are made.
END = np.datetime64("2026-01-01T00:00:00")
SECONDS = 3 * 365 * 24 * 60 * 60


def lines(template: str, *columns: Sequence[Any]) -> str:
    """One line per row.

    Args:
        template: How a row is written, in printf style, without the line's end.
        columns: The values for each placeholder.
    """
    template += "\n"
    return "".join([template % row for row in zip(*columns, strict=True)])


def blocks(rows: int, *, seed: int) -> Iterator[tuple[Draws, Integers]]:
    """The ids of all rows, from 1, a block at a time, each with random numbers of its own."""
    for block, first in enumerate(range(1, rows + 1, BLOCK)):
        last = min(first + BLOCK, rows + 1)
        yield Draws(seed=seed, block=block), np.arange(first, last)


def moments(draws: Draws, column: str, *, size: int) -> list[datetime]:
    """Random times, written without a zone: the database session's is UTC."""
    seconds = draws.integers(column, size=size, below=SECONDS)
    times: list[datetime] = (END - seconds.astype("timedelta64[s]")).tolist()
    return times
