"""The negative control: an experiment against itself, where there is no difference to find."""

from collections.abc import Iterator
from dataclasses import replace

from headtohead import caveats
from headtohead.caveats import Caveat
from headtohead.experiment import Experiment
from headtohead.load.plan import PairPlan
from headtohead.measurement import ExperimentResult, Verdict

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


def control_caveats(control: ExperimentResult) -> Iterator[Caveat]:
    """What a control says against the run it was part of.

    Only a difference wholly beyond the margin counts: smaller ones change no verdict, and the
    control would cry wolf at one of twenty sound runs. One that is invalid controls nothing.
    """
    if not control.valid:
        codes = ", ".join(caveat.code for caveat in control.caveats if caveat.invalidates)
        yield caveats.no_control(experiment=control.name, reason=codes)
    for comparison in control.comparisons:
        if comparison.verdict in {Verdict.FASTER, Verdict.SLOWER}:
            yield caveats.control_failed(experiment=control.name, ratio=comparison.ratio)
