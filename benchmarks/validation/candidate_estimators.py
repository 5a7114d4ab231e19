"""Estimators that could replace the median of pair ratios, should they measure better.

All of them look at the log ratios of pairs, for a number of pairs that was fixed beforehand.
"""

import math

import numpy as np
from scipy.stats import norm, t

from headtohead.analysis.interval import ALPHA, Estimate, FloatArray

# Bisections that narrow a search to less than a millionth of a millionth of its range.
_HALVINGS = 40


def hodges_lehmann_estimate(ratios: FloatArray) -> Estimate:
    """The median of all pairwise means, with the interval that inverts the signed-rank test.

    Hodges & Lehmann (1963); the interval is Tukey's, with the normal approximation of the
    statistic's distribution (Hollander, Wolfe & Chicken, 2014, section 3.3). It supposes that log
    ratios are symmetric about the effect, which randomised order gives where there is none.

    Args:
        ratios: Log ratios of the pairs.
    """
    pairs = len(ratios)
    means = pairs * (pairs + 1) // 2
    spread = math.sqrt(pairs * (pairs + 1) * (2 * pairs + 1) / 24)
    excluded = math.floor(means / 2 - float(norm.ppf(1 - ALPHA / 2)) * spread)
    ordered = np.sort(ratios)
    middle = (
        _pairwise_mean(ordered, rank=(means - 1) // 2) + _pairwise_mean(ordered, rank=means // 2)
    ) / 2
    if excluded < 1:
        return Estimate(ratio=math.exp(middle), low=0.0, high=math.inf)
    return Estimate(
        ratio=math.exp(middle),
        low=math.exp(_pairwise_mean(ordered, rank=excluded - 1)),
        high=math.exp(_pairwise_mean(ordered, rank=means - excluded)),
    )


def trimmed_mean_estimate(ratios: FloatArray, *, share: float) -> Estimate:
    """The mean without the tails, with its studentised interval.

    The standard error is that of the winsorised deviations (Tukey & McLaughlin, 1963; Wilcox,
    2017, section 3.3).

    Args:
        ratios: Log ratios of the pairs.
        share: What is left out at either end, such as 0.1.
    """
    pairs = len(ratios)
    cut = math.floor(share * pairs)
    kept = pairs - 2 * cut
    ordered = np.sort(ratios)
    centre = float(np.mean(ordered[cut : pairs - cut]))
    if kept < 2:
        return Estimate(ratio=math.exp(centre), low=0.0, high=math.inf)
    winsorised = np.clip(ordered, ordered[cut], ordered[-1 - cut])
    error = float(np.std(winsorised, ddof=1)) / ((1 - 2 * share) * math.sqrt(pairs))
    reach = float(t.ppf(1 - ALPHA / 2, kept - 1)) * error
    return Estimate(
        ratio=math.exp(centre), low=math.exp(centre - reach), high=math.exp(centre + reach)
    )


def _pairwise_mean(ordered: FloatArray, *, rank: int) -> float:
    """The mean of that rank, from 0, among the means of all pairs i <= j of sorted values.

    There are too many to list, so the value is found by bisection: how many lie below a supposed
    one can be counted without listing them.
    """
    low, high = float(ordered[0]), float(ordered[-1])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        ordered_pairs = int(np.searchsorted(ordered, 2 * middle - ordered, side="right").sum())
        with_itself = int(np.searchsorted(ordered, middle, side="right"))
        if (ordered_pairs + with_itself) // 2 > rank:
            high = middle
        else:
            low = middle
    return (low + high) / 2
