"""The rules of `h2h run`, and candidates for its estimator."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from benchmarks.validation.candidate_estimators import (
    hodges_lehmann_estimate,
    trimmed_mean_estimate,
)
from benchmarks.validation.judgement import Claim, Evidence, Judgement, Rule
from benchmarks.validation.trace import Trace
from headtohead.analysis.carry_over import allow_for
from headtohead.analysis.interval import Estimate, FloatArray, anytime_estimate, fixed_size_estimate
from headtohead.analysis.results import CLAIMS
from headtohead.analysis.verdicts import is_settled, judge
from headtohead.load.messages.latency import REPORT_SECONDS

DEFAULT_MARGIN = 0.02
SMALL_MARGIN = 0.005

Estimator = Callable[[FloatArray], Estimate]


def _with_early_stop(evidence: Evidence, *, margin: float) -> Judgement:
    """Stops where `h2h run` would: at the first report at which the comparison is settled."""
    trace, ratios = evidence.trace, evidence.trace.log_ratios
    for pairs in _looks(trace):
        estimate = anytime_estimate(ratios[:pairs])
        if is_settled(estimate, pairs=pairs, margin=margin):
            break
    seconds = float(trace.elapsed[pairs - 1])
    left = trace.until(seconds).carry_over
    return _judgement(
        allow_for(left, fixed_size_estimate(ratios[:pairs])),
        claims=judge(allow_for(left, estimate), margin=margin) in CLAIMS,
        seconds=seconds,
    )


def _at_first_difference(evidence: Evidence) -> Judgement:
    """Stops as soon as the confidence sequence excludes 1, however unsure of the size."""
    trace, ratios = evidence.trace, evidence.trace.log_ratios
    for pairs in _looks(trace):
        estimate = anytime_estimate(ratios[:pairs])
        if estimate.low > 1 or estimate.high < 1:
            break
    return _tested(estimate, seconds=float(trace.elapsed[pairs - 1]))


def _of_fixed_size(evidence: Evidence, *, margin: float) -> Judgement:
    """Looks once, when the time is over, as `h2h run --no-early-stop` does."""
    trace = evidence.trace
    estimate = allow_for(trace.carry_over, fixed_size_estimate(trace.log_ratios))
    claims = judge(estimate, margin=margin) in CLAIMS
    return _judgement(estimate, claims=claims, seconds=trace.seconds)


def _candidate(evidence: Evidence, *, estimator: Estimator) -> Judgement:
    """Looks once, and claims a difference wherever its 95 % interval excludes 1."""
    return _tested(estimator(evidence.trace.log_ratios), seconds=evidence.trace.seconds)


def _looks(trace: Trace) -> Iterator[int]:
    """How many pairs were known at each report, the end of the trace included."""
    ends = np.arange(REPORT_SECONDS, trace.seconds, REPORT_SECONDS)
    known = np.searchsorted(trace.elapsed, ends, side="right")
    yield from (int(pairs) for pairs in known if pairs > 0)
    yield len(trace)


def _tested(estimate: Estimate, *, seconds: float) -> Judgement:
    claims = estimate.low > 1 or estimate.high < 1
    return _judgement(estimate, claims=claims, seconds=seconds)


def _judgement(estimate: Estimate, *, claims: bool, seconds: float) -> Judgement:
    side = Claim.SLOWER if estimate.ratio > 1 else Claim.FASTER
    return Judgement(
        claim=side if claims else Claim.NOTHING,
        seconds=seconds,
        ratio=estimate.ratio,
        interval=(estimate.low, estimate.high) if estimate.low > 0 else None,
    )


_ANALYSIS = "headtohead.analysis"

OWN_RULES = (
    Rule(
        name="h2h run",
        own=True,
        source=f"{_ANALYSIS}: median, early stop by a confidence sequence, margin 2 %",
        judge=partial(_with_early_stop, margin=DEFAULT_MARGIN),
        margin=DEFAULT_MARGIN,
    ),
    Rule(
        name="h2h run --margin 0.005",
        own=True,
        source=f"{_ANALYSIS}: median, early stop by a confidence sequence, margin 0.5 %",
        judge=partial(_with_early_stop, margin=SMALL_MARGIN),
        margin=SMALL_MARGIN,
    ),
    Rule(
        name="h2h run --no-early-stop",
        own=True,
        source=f"{_ANALYSIS}: median, sign-flip interval, one look, margin 2 %",
        judge=partial(_of_fixed_size, margin=DEFAULT_MARGIN),
        margin=DEFAULT_MARGIN,
    ),
    Rule(
        name="first difference",
        own=True,
        source="candidate: median, confidence sequence, stops once it excludes 1",
        judge=_at_first_difference,
    ),
    Rule(
        name="median",
        own=True,
        source="candidate: median with the sign-flip interval, one look, no margin",
        judge=partial(_candidate, estimator=fixed_size_estimate),
    ),
    Rule(
        name="Hodges-Lehmann",
        own=True,
        source="candidate: Hodges & Lehmann (1963), signed-rank interval, one look, no margin",
        judge=partial(_candidate, estimator=hodges_lehmann_estimate),
    ),
    Rule(
        name="trimmed mean 10 %",
        own=True,
        source="candidate: Tukey & McLaughlin (1963), studentised, one look, no margin",
        judge=partial(_candidate, estimator=partial(trimmed_mean_estimate, share=0.1)),
    ),
    Rule(
        name="trimmed mean 20 %",
        own=True,
        source="candidate: Tukey & McLaughlin (1963), studentised, one look, no margin",
        judge=partial(_candidate, estimator=partial(trimmed_mean_estimate, share=0.2)),
    ),
)
