"""What a run found, one finding for each comparison, in the words every report shares."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from headtohead.analysis.results import Metric, Verdict
from headtohead.records.comparison import Comparison, Mode
from headtohead.records.results import Caveat, ExperimentResult, VariantResult
from headtohead.records.run import Run
from headtohead.report import reasons
from headtohead.report.numbers import (
    NO_VALUE,
    compared_with,
    count_change,
    load,
    milliseconds_change,
    per_second,
    per_second_change,
    percent,
    ratio,
    throughput_compared_with,
)

_HURT = {Verdict.SLOWER, Verdict.SLOWER_SIZE_UNRESOLVED}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One comparison of an experiment, ready to be told.

    Attributes:
        experiment: The experiment it belongs to.
        comparison: What was estimated.
    """

    experiment: ExperimentResult
    comparison: Comparison

    @property
    def baseline(self) -> VariantResult:
        """What was seen of the baseline."""
        return self.experiment.variant(self.comparison.baseline)

    @property
    def variant(self) -> VariantResult:
        """What was seen of the variant."""
        return self.experiment.variant(self.comparison.variant)

    @property
    def series(self) -> int:
        """Position of the variant in its experiment: 1 is the first after the baseline."""
        return self.experiment.variants.index(self.variant)

    @property
    def verdict(self) -> Verdict:
        """The verdict to show: an invalid experiment has no other."""
        return self.experiment.verdict_on(self.comparison)

    @property
    def usable(self) -> bool:
        """Whether the ratio may be shown at all."""
        return self.verdict is not Verdict.INVALID

    @property
    def metric(self) -> Metric:
        """What is compared."""
        return self.comparison.metric

    @property
    def quiet(self) -> bool:
        """Whether it need not be told in words: a guardrail that is not hurt."""
        return self.metric.guardrail and self.verdict not in _HURT

    @property
    def change(self) -> str:
        """What was seen of the baseline and of the variant, with the unit."""
        if self.metric is Metric.THROUGHPUT:
            return per_second_change(self.baseline.throughput_rps, self.variant.throughput_rps)
        before, after = self.baseline.latency_ms, self.variant.latency_ms
        match self.metric:
            case Metric.P95:
                return milliseconds_change(before.p95, after.p95)
            case Metric.P99:
                return milliseconds_change(before.p99, after.p99)
            case _:
                return milliseconds_change(before.p50, after.p50)

    @property
    def queries(self) -> str:
        """Queries a request of baseline and variant, as far as their servers tell."""
        if not (self.baseline.explained and self.variant.explained):
            return NO_VALUE
        return count_change(self.baseline.queries_per_request, self.variant.queries_per_request)

    @property
    def reason(self) -> str:
        """The cause in one short line; of an invalid comparison, what invalidates it.

        A guardrail has none of its own.
        """
        if self.usable and self.metric.guardrail:
            return ""
        if self.usable:
            return reasons.reason(
                baseline=self.baseline, variant=self.variant, comparison=self.comparison
            )
        codes = [caveat.code for caveat in self.experiment.caveats if caveat.invalidates]
        return f"invalid: {', '.join(codes)}" if codes else "invalid"

    @property
    def sentence(self) -> str:
        """The finding as one sentence that can be quoted."""
        comparison = self.comparison
        if not self.usable:
            return (
                f"{self._subject}: no verdict on {comparison.variant} against"
                f" {comparison.baseline}, the measurement is {self.reason}."
            )
        low, high = comparison.ci95
        why = (
            ""
            if self.metric.guardrail
            else reasons.clause(
                baseline=self.baseline, variant=self.variant, comparison=self.comparison
            )
        )
        return (
            f"{self._subject}: {self._claim} (ratio {ratio(comparison.ratio)},"
            f" 95 % interval {ratio(low)} to {ratio(high)}){why}."
        )

    @property
    def _subject(self) -> str:
        name = self.experiment.name
        if self.experiment.mode is Mode.LATENCY:
            return name
        offered = self.experiment.offered
        subject = f"{name} " + (
            f"at {per_second(offered.rate)}"
            if offered
            else f"with {load(self.experiment.users, self.experiment.workers)}"
        )
        return f"{subject}, {self.metric}" if self.metric.guardrail else subject

    @property
    def _claim(self) -> str:
        compared, comparative = (
            (throughput_compared_with, ("serves more requests a second", "serves fewer"))
            if self.metric is Metric.THROUGHPUT
            else (compared_with, ("is faster", "is slower"))
        )
        comparison = self.comparison
        variant, baseline = comparison.variant, comparison.baseline
        match self.verdict:
            case Verdict.FASTER | Verdict.SLOWER:
                return f"{variant} {compared(comparison.ratio)} {baseline}"
            case Verdict.FASTER_SIZE_UNRESOLVED:
                return f"{variant} {comparative[0]} than {baseline}, by how much is unresolved"
            case Verdict.SLOWER_SIZE_UNRESOLVED:
                return f"{variant} {comparative[1]} than {baseline}, by how much is unresolved"
            case Verdict.NO_DIFFERENCE:
                margin = percent(comparison.margin)
                return f"{variant} and {baseline} differ by less than the margin of {margin}"
            case _:
                seen = comparison.detectable
                return f"whether {variant} or {baseline} is faster stays open, " + (
                    f"this run could have seen a difference of about {percent(seen)}"
                    if math.isfinite(seen)
                    else "this run was too short to see any difference"
                )


def findings(run: Run) -> tuple[Finding, ...]:
    """Every comparison of a run, in the order of the record."""
    return tuple(
        Finding(experiment=experiment, comparison=comparison)
        for experiment in run.experiments
        for comparison in experiment.comparisons
    )


def several_metrics(found: Sequence[Finding]) -> bool:
    """Whether findings have to say which metric they are of: paired latency needs no word."""
    return any(finding.metric is not Metric.LATENCY for finding in found)


def change_header(found: Sequence[Finding]) -> str:
    """What heads the column of what was seen of baseline and variant."""
    return "Value" if several_metrics(found) else "p50"


def control_finding(run: Run) -> Finding | None:
    """The control of a run that has one: a baseline against itself."""
    if run.control is None:
        return None
    (comparison,) = run.control.comparisons
    return Finding(experiment=run.control, comparison=comparison)


def caveats(run: Run) -> tuple[tuple[str, Caveat], ...]:
    """Every distinct caveat with where it applies: experiments by name, or "all experiments"."""
    names: dict[Caveat, list[str]] = {}
    for experiment in run.experiments:
        for caveat in experiment.caveats:
            names.setdefault(caveat, []).append(experiment.name)
    everywhere = len(run.experiments) if len(run.experiments) > 1 else None
    return tuple(
        ("all experiments" if len(where) == everywhere else ", ".join(where), caveat)
        for caveat, where in names.items()
    )
