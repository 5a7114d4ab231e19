"""What a rule has to achieve before its verdicts can be bet on, and whether it did."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.validation.record import Cell, Validation
from benchmarks.validation.summary import proportion_interval


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How far a rule came towards a goal.

    Attributes:
        goal: The goal in words.
        value: What was measured, in words; empty where it was not measured.
        met: Whether that suffices; None where it cannot be told.
    """

    goal: str
    value: str
    met: bool | None

    @property
    def words(self) -> str:
        """The value and what it means for the goal."""
        if not self.value:
            return "not measured"
        return self.value if self.met is None else f"{self.value}: {_OUTCOMES[self.met]}"


_OUTCOMES = {True: "met", False: "missed"}

_BIAS = 0.002


def goals_reached(validation: Validation, rule: str) -> tuple[Reached, ...]:
    """Every goal, beside what a rule reached."""
    return (
        _false_alarms(validation, rule),
        _found(validation, rule, percent=5, within=10, share=0.99, median_seconds=5),
        _found(validation, rule, percent=2, within=30, share=0.90),
        _found(validation, rule, percent=1, within=60, share=0.80),
        _coverage(validation, rule),
        _bias(validation, rule),
        _carry_over(validation, rule),
    )


def last_cell(
    validation: Validation, rule: str, scenario: str, *, within: float = float("inf")
) -> Cell | None:
    """What a rule made of a scenario in the longest time up to a limit."""
    fitting = [
        cell
        for cell in validation.cells
        if (cell.rule, cell.scenario) == (rule, scenario) and cell.budget <= within
    ]
    return max(fitting, key=lambda cell: cell.budget, default=None)


def _false_alarms(validation: Validation, rule: str) -> Reached:
    goal = "false alarms ≤ 1 %, upper bound ≤ 2.5 %"
    cell = last_cell(validation, rule, "aa-quiet")
    if cell is None:
        return Reached(goal=goal, value="", met=False)
    alarms = cell.slower + cell.faster
    upper = proportion_interval(alarms, cell.trials)[1]
    return Reached(
        goal=goal,
        value=f"{alarms} of {cell.trials}, at most {upper * 100:.1f} %",
        met=alarms / cell.trials <= 0.01 and upper <= 0.025,
    )


def _found(
    validation: Validation,
    rule: str,
    *,
    percent: int,
    within: float,
    share: float,
    median_seconds: float | None = None,
) -> Reached:
    """Whether an effect is found, be it of work or of sleep: the worse of both counts."""
    in_time = f", median ≤ {median_seconds:g} s" if median_seconds else ""
    goal = f"{percent} % found in ≥ {share * 100:.0f} % within {within:g} s{in_time}"
    if percent / 100 < validation.margin(rule):
        return Reached(goal=goal, value="within its margin, so not to be claimed", met=None)
    cells = [
        cell
        for kind in ("busy", "sleep")
        if (cell := last_cell(validation, rule, f"{kind}-{percent}", within=within))
    ]
    if not cells:
        return Reached(goal=goal, value="", met=False)
    worst = min(cells, key=lambda cell: cell.slower / cell.trials)
    slowest = max(cell.seconds_p50 for cell in cells)
    return Reached(
        goal=goal,
        value=f"{worst.slower} of {worst.trials}, median {slowest:.1f} s",
        met=worst.slower / worst.trials >= share
        and (median_seconds is None or slowest <= median_seconds),
    )


def _coverage(validation: Validation, rule: str) -> Reached:
    goal = "truth covered in 93 to 97 %"
    cells = list(_cells_with_truth(validation, rule))
    intervals, covered = sum(cell.intervals for cell in cells), sum(cell.covered for cell in cells)
    if not intervals:
        return Reached(goal=goal, value="", met=False)
    share = covered / intervals
    return Reached(goal=goal, value=f"{share * 100:.1f} %", met=0.93 <= share <= 0.97)


def _bias(validation: Validation, rule: str) -> Reached:
    """Whether estimates of effects are right on average, over the trials of all effects.

    It is missed only where twice the standard error leaves no doubt; the error stands beside it.
    """
    goal = "bias < 0.2 %"
    effects = {scenario.name for scenario in validation.scenarios if not scenario.equals}
    cells = [cell for cell in _cells_with_truth(validation, rule) if cell.scenario in effects]
    errors = [cell.bias_error for cell in cells if cell.bias_error is not None]
    if not cells or len(errors) < len(cells):
        return Reached(goal=goal, value="", met=False)
    trials = np.array([cell.trials for cell in cells])
    bias = float(np.average([cell.bias for cell in cells], weights=trials))
    error = float(np.linalg.norm(trials * errors) / trials.sum())
    value = f"{bias_words(bias, error)} over {trials.sum()} trials"
    if abs(bias) < _BIAS:
        return Reached(goal=goal, value=value, met=True)
    if abs(bias) - 2 * error < _BIAS:
        return Reached(goal=goal, value=f"{value}: too few to tell", met=None)
    return Reached(goal=goal, value=value, met=False)


def _carry_over(validation: Validation, rule: str) -> Reached:
    goal = "no claim from carry-over"
    cell = last_cell(validation, rule, "carry-over")
    if cell is None:
        return Reached(goal=goal, value="", met=False)
    claims = cell.slower + cell.faster
    return Reached(goal=goal, value=f"{claims} of {cell.trials}", met=claims == 0)


def bias_words(bias: float, error: float | None) -> str:
    """A bias with twice its standard error, where there is one."""
    noise = "" if error is None else f" ± {2 * error * 100:.2f}"
    return f"{bias * 100:+.2f}{noise} %"


def _cells_with_truth(validation: Validation, rule: str) -> Iterator[Cell]:
    """Its cells at full length where the truth is what was injected: all but carry-over."""
    names: Iterable[str] = (scenario.name for scenario in validation.scenarios)
    for name in names:
        cell = last_cell(validation, rule, name)
        if cell and name != "carry-over":
            yield cell
