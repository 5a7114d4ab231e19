"""Where more users stop bringing more throughput."""

import math
from collections.abc import Mapping
from itertools import pairwise

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
