"""What an interval says, given the smallest effect that matters."""

import math

from headtohead.analysis.interval import Estimate
from headtohead.measurement import Metric, Verdict

# With fewer pairs a confidence sequence has hardly begun to have bounds, and its words would say
# too much.
NEEDED_PAIRS = 40
# How well the size of an effect has to be known: to a third of itself, which tells 6 % from 4 and
# from 8. Where that is finer than the margin, the margin will do; and nobody reads a ratio as being
# known to worse than a twentieth.
_PART_OF_EFFECT = 1 / 3
_COARSEST = 0.05


def judge(estimate: Estimate, *, margin: float, metric: Metric = Metric.LATENCY) -> Verdict:
    """Turn an interval into a verdict.

    Args:
        estimate: The effect with its interval.
        margin: The smallest effect that matters, as a fraction; 0.02 is 2 % either way.
        metric: What the effect is a ratio of, which says which way is faster.
    """
    if metric.more_is_faster:
        estimate = estimate.inverted
    slower_by_margin = 1 + margin
    faster_by_margin = 1 / slower_by_margin
    if estimate.high < faster_by_margin:
        return Verdict.FASTER
    if estimate.low > slower_by_margin:
        return Verdict.SLOWER
    if faster_by_margin < estimate.low and estimate.high < slower_by_margin:
        return Verdict.NO_DIFFERENCE
    if estimate.high < 1:
        return Verdict.FASTER_SIZE_UNRESOLVED
    if estimate.low > 1:
        return Verdict.SLOWER_SIZE_UNRESOLVED
    return Verdict.INCONCLUSIVE


def is_settled(estimate: Estimate, *, pairs: int, margin: float) -> bool:
    """Whether more pairs would add nothing: the verdict is clear and its size well enough known.

    Only an estimate whose interval holds at any time may be asked.
    """
    needed = max(margin, min(_PART_OF_EFFECT * abs(math.log(estimate.ratio)), _COARSEST))
    clear = judge(estimate, margin=margin) in {
        Verdict.FASTER,
        Verdict.SLOWER,
        Verdict.NO_DIFFERENCE,
    }
    return pairs >= NEEDED_PAIRS and clear and estimate.half_width <= needed
