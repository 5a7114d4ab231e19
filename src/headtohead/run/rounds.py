"""What rounds of stretches under load amount to, whatever the load."""

from headtohead.analysis.interval import Estimate, FloatArray, fixed_size_estimate
from headtohead.analysis.proportion import Share, difference
from headtohead.analysis.verdict import judge
from headtohead.measurement import Comparison, ErrorDifference, Metric, Verdict


def compared_in_rounds(
    ratios: FloatArray,
    *,
    variant: str,
    baseline: str,
    metric: Metric,
    margin: float,
    seconds: float,
    valid: bool,
) -> Comparison:
    """One variant against the baseline.

    Args:
        ratios: Log ratios, one for every round or group of rounds.
        variant: See `Comparison`, as for the arguments that are not explained here.
        baseline: See `Comparison`.
        metric: See `Comparison`.
        margin: See `Comparison`.
        seconds: See `Comparison`.
        valid: Whether there may be a verdict.
    """
    estimate = fixed_size_estimate(ratios)
    return Comparison(
        variant=variant,
        baseline=baseline,
        metric=metric,
        pairs=len(ratios),
        ratio=estimate.ratio,
        ci95=bounds(estimate),
        margin=margin,
        verdict=judge(estimate, margin=margin, metric=metric) if valid else Verdict.INVALID,
        detectable=estimate.half_width,
        seconds=seconds,
        stopped_early=False,
    )


def error_difference(
    *, variant: str, variant_errors: Share, baseline: str, baseline_errors: Share
) -> ErrorDifference:
    """How much more often a variant fails than the baseline."""
    found = difference(baseline=baseline_errors, variant=variant_errors)
    return ErrorDifference(
        variant=variant, baseline=baseline, difference=found.value, ci95=bounds(found)
    )


def bounds(interval: Estimate | Share) -> tuple[float, float]:
    """An interval as the record holds it."""
    return (interval.low, interval.high)
