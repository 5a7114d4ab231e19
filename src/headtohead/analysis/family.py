"""Several comparisons in one run: no more than 5 % of runs are to hold a wrong verdict."""

from collections.abc import Callable, Sequence

from headtohead.analysis.interval import ERROR_RATE
from headtohead.measurement import Verdict

# A comparison of revisions stands on every pull request, and most change nothing: with one wrong
# claim in two hundred of them nobody learns to look away.
CLAIM_RATE = 0.005

# The verdict of one comparison, given how often the interval behind it may miss.
VerdictAt = Callable[[float], Verdict]


def stopping_error_rate(comparisons: int) -> float:
    """The rate at which a comparison may be looked at to stop early, in a run of so many.

    What the others will show is not known yet, so each gets an equal part (Bonferroni). Whatever
    Holm's procedure allows in the end is at least this much: an answer that was clear enough to
    stop at stays clear.
    """
    return ERROR_RATE / comparisons


def holm_error_rates(comparisons: Sequence[VerdictAt]) -> tuple[float, ...]:
    """The error rate at which each comparison is to be judged (Holm, 1979).

    Holm's step-down procedure on the hypotheses that an effect does not go beyond the margin. All
    comparisons that are open are judged at an equal part of 5 %. Those that are faster or slower
    beyond the margin even so are closed; the others share the 5 % anew, until none can be closed.

    A verdict says more than whether such a hypothesis is rejected, and all it says comes from the
    interval at the comparison's rate. So only what is closed passes its part on. "No difference"
    does not, though it is a clear answer: the comparisons it would enrich could still claim a
    difference within the margin, and simulated runs without any difference then held a wrong
    verdict twice as often as allowed. And a comparison keeps the rate at which it was closed, where
    Holm would give the next one more: the same ones are closed, and their order does not matter.

    The intervals that reports print stay those of 95 %, each true by itself; therefore a verdict
    may say less than its printed interval seems to. All this holds for confidence sequences too,
    because a bound that holds at all times holds at the time when measuring stopped.

    Args:
        comparisons: Each comparison's verdict as a function of the error rate; one that is not
            to be judged is inconclusive at every rate, and stays in the family it was measured in.
    """
    rates = [ERROR_RATE] * len(comparisons)
    remaining = list(range(len(comparisons)))
    while remaining:
        rate = ERROR_RATE / len(remaining)
        for index in remaining:
            rates[index] = rate
        still_open = [index for index in remaining if not _is_beyond(comparisons[index](rate))]
        if len(still_open) == len(remaining):
            break
        remaining = still_open
    return tuple(rates)


def claim_error_rates(comparisons: Sequence[VerdictAt]) -> tuple[float, ...]:
    """The rate at which each comparison of two revisions is to be judged.

    It is Holm's out of `CLAIM_RATE` rather than out of 5 %.

    Args:
        comparisons: As those of `holm_error_rates`.
    """
    share = CLAIM_RATE / ERROR_RATE

    def at_share(verdict_at: VerdictAt) -> VerdictAt:
        return lambda rate: verdict_at(rate * share)

    return tuple(
        rate * share for rate in holm_error_rates([at_share(each) for each in comparisons])
    )


def _is_beyond(verdict: Verdict) -> bool:
    return verdict in {Verdict.FASTER, Verdict.SLOWER}
