"""Whether a server falls behind the requests that arrive.

Beyond its capacity a server's queue grows for as long as requests arrive, so the time a request
takes says when it came and not how fast the server is: twice as long a stretch would have shown
about twice the time. What gives a queue away is that growth within every stretch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headtohead.analysis.interval import Estimate, FloatArray, fixed_size_estimate

# A queue that grows steadily from nothing triples from the middle of one half of a stretch to that
# of the other. The time a request takes anyway comes on top, so where a stretch holds few of them
# one after another little of that is left to see; whether it is chance, the interval says.
NOTABLE_GROWTH = 1.25


@dataclass(frozen=True, kw_only=True)
class Halves:
    """Response times in ms of requests due in either half of a stretch, at least one in each."""

    first: FloatArray
    second: FloatArray


def backlog_growth(stretches: Sequence[Halves]) -> Estimate:
    """By what factor the median response time grew from one half of a stretch to the other.

    Args:
        stretches: At least one.

    Returns:
        The median over stretches with its interval, so that a single stall is no growth.
    """
    return fixed_size_estimate(
        np.log([np.median(each.second) / np.median(each.first) for each in stretches])
    )


def falls_behind(growth: Estimate) -> bool:
    """Whether that growth is notable and no matter of chance."""
    return growth.ratio > NOTABLE_GROWTH and growth.low > 1
