"""What one variant leaves behind for the other, and how far a verdict has to allow for it.

A request can slow the next one: it leaves cold caches, a dirty heap, work put off. In a pair, one
arm's request follows the other's. If that costs one arm more than the other, the pair compares
something else than two deployments of one variant each. Crossover trials put a wash-out period
between treatments (Senn, 2002); here it is a request to the same arm that is not compared, and the
difference between it and the next one shows whether there was anything to wash out.
"""

import math

from headtohead.analysis.interval import BoolArray, Estimate, FloatArray, fixed_size_estimate

# The verdict allows for it only when it is there beyond doubt: at 5 %, one sound comparison in
# twenty would say less than it could.
_ALPHA = 0.01


def carry_over(
    *, baseline_first: BoolArray, baseline_washed: FloatArray, variant_washed: FloatArray
) -> Estimate:
    """By what factor the other's request slows the variant's next more than it does the baseline's.

    Looks at the arm that came second in each pair, right after the other. The interval is that of a
    difference of two medians, each known to half of alpha.

    Args:
        baseline_first: Which arm of each pair came first.
        baseline_washed: Of each pair the log ratio of the baseline's wash-out request over the
            request after it.
        variant_washed: The same of the variant.
    """
    baseline, variant = baseline_washed[~baseline_first], variant_washed[baseline_first]
    if not len(baseline) or not len(variant):
        return Estimate(ratio=1.0, low=0.0, high=math.inf)
    one = fixed_size_estimate(baseline, alpha=_ALPHA / 2)
    other = fixed_size_estimate(variant, alpha=_ALPHA / 2)
    return Estimate(
        ratio=other.ratio / one.ratio,
        low=other.low / one.high,
        high=other.high / one.low if one.low else math.inf,
    )


def allow_for(found: Estimate, estimate: Estimate) -> Estimate:
    """Widen an interval by what carry-over may have left after the wash-out.

    What was washed out is known, what is left is not. If a request takes away at least half of
    what it meets, what is left is at most what was taken: the sum of 1/2, 1/4 and so on. So the
    interval is widened by as much as may have been taken, on the side on which the effect lies
    without it.

    Args:
        found: What `carry_over` found; it counts only where its interval excludes 1.
        estimate: The effect to widen.
    """
    if found.low > 1:
        return Estimate(ratio=estimate.ratio, low=estimate.low / found.high, high=estimate.high)
    if found.high < 1:
        return Estimate(ratio=estimate.ratio, low=estimate.low, high=estimate.high / found.low)
    return estimate
