"""Whether a server falls behind the requests that arrive.

Beyond its capacity a server's queue grows for as long as requests arrive, so the time a request
takes says when it came and not how fast the server is: twice as long a stretch would have shown
about twice the time. What gives a queue away is that growth within every stretch.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

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


# A server that is not full yet answers twice as many requests for twice as many users: growth of
# 100 % a doubling. Below this share nearly all of its capacity is in use, and the users who are
# added only wait. It lies well above the few per cent by which a step can be mismeasured.
GROWTH_PER_DOUBLING = 0.1


def knee(throughput: Mapping[int, float]) -> int | None:
    """The smallest number of users beyond which throughput no longer grows.

    Beyond it no step grows by `GROWTH_PER_DOUBLING` or more for a doubling of users.

    Args:
        throughput: Requests a second by number of users.

    Returns:
        The number of users, or None when throughput still grew at the last step.
    """
    users = sorted(throughput)
    flat_since = None
    for fewer, more in reversed(list(pairwise(users))):
        growth = math.log(throughput[more] / throughput[fewer]) / math.log(more / fewer)
        if growth >= math.log2(1 + GROWTH_PER_DOUBLING):
            break
        flat_since = fewer
    return flat_since
