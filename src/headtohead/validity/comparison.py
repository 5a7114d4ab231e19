"""Caveats about the two sides of a comparison and its control."""

from collections.abc import Iterator

from headtohead.analysis.results import Verdict
from headtohead.records.results import Caveat, ExperimentResult
from headtohead.validity.rule import caveat


@caveat(
    "carry-over",
    weakens_when=(
        "one variant's requests certainly slow the other's next ones by more than the margin"
    ),
)
def carry_over(*, baseline: str, variant: str, ratio: float) -> tuple[str, str]:
    """One arm's request slows the other's next, and some of that may be left after the wash-out."""
    slowed, slowing = (variant, baseline) if ratio > 1 else (baseline, variant)
    return (
        (
            f"A request to {slowing} slows the next one to {slowed} by"
            f" {abs(ratio - 1) * 100:.0f} % more than the other way round."
        ),
        (
            "Requests that follow the other arm's are left out, and the interval allows for as"
            " much again; for a tighter interval, compare variants that share less state."
        ),
    )


@caveat("control-failed", invalidates_when="a baseline differed from itself (`--control`)")
def control_failed(*, experiment: str, ratio: float) -> tuple[str, str]:
    """The run found a difference where there is none, so nothing it found can be relied on."""
    return (
        f"The baseline of {experiment} differed from itself (ratio {ratio:.3f}).",
        "Something other than the variant made a difference; run again on a quiet machine.",
    )


@caveat("no-control", weakens_when="the control could not be measured (`--control`)")
def no_control(*, experiment: str, reason: str) -> tuple[str, str]:
    """The run was to be controlled and was not."""
    return (
        f"The control on {experiment} could not be measured ({reason}).",
        "Raise --budget: the control gets a quarter of it.",
    )


def control_caveats(control: ExperimentResult) -> Iterator[Caveat]:
    """What a control says against the run it was part of.

    Only a difference wholly beyond the margin counts: smaller ones change no verdict, and the
    control would cry wolf at one of twenty sound runs. One that is invalid controls nothing.
    """
    if not control.valid:
        codes = ", ".join(caveat.code for caveat in control.caveats if caveat.invalidates)
        yield no_control(experiment=control.name, reason=codes)
    for comparison in control.comparisons:
        if comparison.verdict in {Verdict.FASTER, Verdict.SLOWER}:
            yield control_failed(experiment=control.name, ratio=comparison.ratio)
