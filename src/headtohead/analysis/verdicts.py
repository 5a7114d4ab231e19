"""What intervals say, given the smallest effect that matters: alone, and together (Holm)."""

import math
from collections.abc import Callable, Sequence

from headtohead.analysis.interval import ALPHA, Estimate
from headtohead.analysis.results import Metric, Verdict

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


# A comparison of revisions stands on every pull request, and most change nothing: with one wrong
# claim in two hundred of them nobody learns to look away.
CLAIM_ALPHA = 0.005

# The verdict of one comparison, given how often the interval behind it may miss.
VerdictAt = Callable[[float], Verdict]


def stopping_alpha(comparisons: int) -> float:
    """The alpha at which a comparison may be looked at to stop early, in a run of so many.

    What the others will show is not known yet, so each gets an equal part (Bonferroni). Whatever
    Holm's procedure allows in the end is at least this much: an answer that was clear enough to
    stop at stays clear.
    """
    return ALPHA / comparisons


def holm_alphas(comparisons: Sequence[VerdictAt]) -> tuple[float, ...]:
    """The alpha at which each comparison is to be judged (Holm, 1979).

    Holm's step-down procedure on the hypotheses that an effect does not go beyond the margin. All
    comparisons that are open are judged at an equal part of 5 %. Those that are faster or slower
    beyond the margin even so are closed; the others share the 5 % again, until none can be closed.

    A verdict says more than whether such a hypothesis is rejected, and all it says comes from the
    interval at the comparison's alpha. So only what is closed passes its part on. "No difference"
    does not, though it is a clear answer: the comparisons it would enrich could still claim a
    difference within the margin, and simulated runs without any difference then held a wrong
    verdict twice as often as allowed. And a comparison keeps the alpha at which it was closed,
    where Holm would give the next one more: the same ones are closed, and their order does not
    matter.

    The intervals that reports print stay those of 95 %, each true by itself; therefore a verdict
    may say less than its printed interval seems to. All this holds for confidence sequences too,
    because a bound that holds at all times holds at the time when measuring stopped.

    Args:
        comparisons: Each comparison's verdict as a function of alpha; one that is not
            to be judged is inconclusive at every alpha, and stays in the family it was measured in.
    """
    alphas = [ALPHA] * len(comparisons)
    remaining = list(range(len(comparisons)))
    while remaining:
        alpha = ALPHA / len(remaining)
        for index in remaining:
            alphas[index] = alpha
        still_open = [index for index in remaining if not _is_beyond(comparisons[index](alpha))]
        if len(still_open) == len(remaining):
            break
        remaining = still_open
    return tuple(alphas)


def claim_alphas(comparisons: Sequence[VerdictAt]) -> tuple[float, ...]:
    """The alpha at which each comparison of two revisions is to be judged.

    It is Holm's out of `CLAIM_ALPHA` rather than out of 5 %.

    Args:
        comparisons: As those of `holm_alphas`.
    """
    share = CLAIM_ALPHA / ALPHA

    def at_share(verdict_at: VerdictAt) -> VerdictAt:
        return lambda alpha: verdict_at(alpha * share)

    return tuple(alpha * share for alpha in holm_alphas([at_share(each) for each in comparisons]))


def _is_beyond(verdict: Verdict) -> bool:
    return verdict in {Verdict.FASTER, Verdict.SLOWER}
