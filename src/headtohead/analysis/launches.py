"""An effect over several launches of the servers: a process is one draw of luck.

Where a process has its memory, and in which order it came by it, makes it a percent faster or
slower for as long as it lives. Pairs from one launch know nothing of that, however many they are;
what launches differ by has to be seen over launches (Kalibera & Jones, 2013, "Rigorous benchmarking
in reasonable time": repeat at the highest level at which there is variation). Each launch gives one
estimate, and Student's t over them covers both what launches and what pairs vary by.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student

from headtohead.analysis.interval import ALPHA, Estimate, FloatArray, fixed_size_estimate

# The spread of two or three estimates is hardly known: Student's t of two is 13 times as wide as
# that of many.
NEEDED_LAUNCHES = 4


def over_launches(launches: Sequence[FloatArray], *, alpha: float = ALPHA) -> Estimate:
    """The mean of the launches' median pair ratios with an interval that knows of their spread.

    The interval holds Student's over launches and that over all pairs: with few launches their
    spread may happen to look smaller than the pairs allow. It is never narrower for it.

    Args:
        launches: Log ratios of the pairs of each launch, at least one each.
        alpha: How often the interval may miss the effect.
    """
    medians = np.array([np.median(ratios) for ratios in launches])
    between = over_processes(medians, alpha=alpha)
    pairs = fixed_size_estimate(np.concatenate(launches), alpha=alpha)
    return Estimate(
        ratio=between.ratio, low=min(between.low, pairs.low), high=max(between.high, pairs.high)
    )


def over_processes(log_ratios: FloatArray, *, alpha: float = ALPHA) -> Estimate:
    """The geometric mean of ratios, one from each pair of processes, with Student's interval.

    Args:
        log_ratios: At least one.
        alpha: How often the interval may miss the effect.
    """
    centre = float(np.mean(log_ratios))
    if len(log_ratios) < 2:
        return Estimate(ratio=float(np.exp(centre)), low=0.0, high=float("inf"))
    error = float(np.std(log_ratios, ddof=1)) / len(log_ratios) ** 0.5
    reach = float(student.ppf(1 - alpha / 2, len(log_ratios) - 1)) * error
    return Estimate(
        ratio=float(np.exp(centre)),
        low=float(np.exp(centre - reach)),
        high=float(np.exp(centre + reach)),
    )
