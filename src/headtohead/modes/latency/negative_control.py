"""The negative control: an experiment against itself, where there is no difference to find."""

from dataclasses import replace

from headtohead.experiment import Experiment
from headtohead.load.messages.latency import PairPlan

# The control's part of a comparison's budget. Its interval is about twice as wide for it, which
# still tells a difference that goes beyond the margin from none.
BUDGET_SHARE = 0.25


def comparing_with_itself(plan: PairPlan, *, second_url: str | None = None) -> PairPlan:
    """The same plan with the baseline in the place of all variants.

    Args:
        plan: The plan.
        second_url: Where a second server like the baseline's is, so that processes which differ in
            nothing are compared, too; None stays with one.
    """
    again = replace(plan.baseline, base_url=second_url or plan.baseline.base_url)
    return replace(plan, variants=(again,))


def name_of_second(experiment: Experiment) -> str:
    """What to call the baseline where it stands in for a variant; no variant can have the name."""
    return f"{experiment.baseline.name} again"
