"""The arms of an experiment, and what their requests amount to, alone and in rounds under load."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from headtohead.analysis.blocks import ArmBlock, observed_latencies, percentile
from headtohead.analysis.interval import Estimate, FloatArray, fixed_size_estimate
from headtohead.analysis.latencies import summarise
from headtohead.analysis.proportion import Share, difference, share
from headtohead.analysis.results import Metric, Verdict
from headtohead.analysis.verdicts import judge
from headtohead.experiment import Experiment, Variant
from headtohead.load.messages.arm import Arm, Sample
from headtohead.modes.mode import ArmTraffic
from headtohead.protocol.server_timing import ServerTiming
from headtohead.records.comparison import Comparison, ErrorDifference
from headtohead.records.results import Caveat, VariantIntervals, VariantResult
from headtohead.validity import requests

# Scheme, host and port of what serves a variant.
UrlOf = Callable[[Experiment, Variant], str]


def arms_of(experiment: Experiment, *, url_of: UrlOf, token: str) -> tuple[Arm, ...]:
    """The arms of an experiment, the baseline first."""
    return tuple(
        arm_of(experiment, variant, base_url=url_of(experiment, variant), token=token)
        for variant in experiment.all_variants
    )


def arm_of(experiment: Experiment, variant: Variant, *, base_url: str, token: str) -> Arm:
    """The full request that one variant serves."""
    request = experiment.request_for(variant, token=token)
    return Arm(
        identity=experiment.identity(variant),
        base_url=base_url,
        method=request.method,
        path=request.path,
        headers=request.headers,
        body=request.body,
        reports_timing=experiment.reports_timing(variant),
    )


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


def failed_share(samples: Sequence[Sample]) -> Share:
    """The share of requests that failed."""
    return share(failed=sum(bool(sample.error) for sample in samples), requests=len(samples))


class FailingArm(Protocol):
    """One variant's requests, some of which may have failed."""

    @property
    def name(self) -> str:
        """The variant's name."""

    @property
    def errors(self) -> Share:
        """The share of its requests that failed."""


def error_differences(baseline: FailingArm, *variants: FailingArm) -> Iterator[ErrorDifference]:
    """How much more often each variant fails than the baseline."""
    for variant in variants:
        found = difference(baseline=baseline.errors, variant=variant.errors)
        yield ErrorDifference(
            variant=variant.name,
            baseline=baseline.name,
            difference=found.value,
            ci95=bounds(found),
        )


def bounds(interval: Estimate | Share) -> tuple[float, float]:
    """An interval as the record holds it."""
    return (interval.low, interval.high)


def variant_result(name: str, samples: Sequence[Sample]) -> VariantResult:
    """Sum up one variant's requests, at least one of which succeeded."""
    sound = [sample for sample in samples if not sample.error]
    timings = [timing for sample in sound if (timing := _timing(sample))]
    lookups = sum(timing.cache_hits + timing.cache_misses for timing in timings)
    latency = summarise(np.array([sample.milliseconds for sample in sound]))
    return VariantResult(
        name=name,
        requests=len(samples),
        errors=len(samples) - len(sound),
        latency_ms=latency,
        throughput_rps=1000 / latency.mean,
        queries_per_request=mean_or_zero([timing.queries for timing in timings]),
        db_ms_per_request=mean_or_zero([timing.database_ms for timing in timings]),
        cache_hit_ratio=sum(timing.cache_hits for timing in timings) / lookups if lookups else None,
        bytes_per_response=mean_or_zero([sample.body_bytes for sample in sound]),
        explained=bool(timings),
    )


def in_rounds(
    summed: VariantResult, *, blocks: Sequence[ArmBlock], rate: Estimate, errors: Share
) -> VariantResult:
    """What one variant's requests amount to in rounds under load, with intervals.

    Args:
        summed: The same without regard to rounds.
        blocks: A block for each round.
        rate: Requests a second.
        errors: The share of requests that failed.
    """
    p50, p95, p99 = (percentile(blocks, level=level) for level in (50, 95, 99))
    return replace(
        summed,
        latency_ms=observed_latencies(blocks).summary(),
        throughput_rps=rate.ratio,
        intervals=VariantIntervals(
            throughput_rps=bounds(rate),
            p50=bounds(p50),
            p95=bounds(p95),
            p99=bounds(p99),
            error_ratio=bounds(errors),
        ),
    )


def variant_caveats(
    identity: str, samples: Sequence[Sample], *, reports_timing: bool = True
) -> Iterator[Caveat]:
    """What is wrong with one variant's requests.

    Args:
        identity: Experiment and variant.
        samples: The requests.
        reports_timing: Whether the server tells which variant served them.
    """
    failed = [sample for sample in samples if sample.error]
    if failed:
        yield requests.request_errors(
            variant=identity,
            errors=len(failed),
            requests=len(samples),
            example=failed[0].error,
        )
    sound = [sample for sample in samples if not sample.error]
    unconfirmed = sum(
        (timing := _timing(sample)) is None or timing.variant != identity for sample in sound
    )
    if reports_timing and unconfirmed:
        yield requests.variant_not_applied(variant=identity, requests=unconfirmed)


def body_caveats(samples: Iterable[Sample]) -> Iterator[Caveat]:
    """Whether bodies changed during the measurement, whichever arm they are of.

    They are compared by content with the first one: arms that were equal before the measurement can
    change together, and one can change alone, as a cache does that was filled before a write.
    """
    checksums = [sample.checksum for sample in samples if not sample.error]
    changed = sum(each != checksums[0] for each in checksums)
    if changed:
        yield requests.body_changed(changed=changed, requests=len(checksums))


def _timing(sample: Sample) -> ServerTiming | None:
    return ServerTiming.from_header(sample.server_timing)


def mean_or_zero(values: Sequence[float]) -> float:
    """The mean; 0 where there is nothing."""
    return sum(values) / len(values) if values else 0.0


def arm_traffic(
    *,
    sent: Iterable[Sample],
    compared: Iterable[Sample],
    pairs: int,
    turned_to: float | None = None,
) -> ArmTraffic:
    """What a batch tells of one arm."""
    samples = list(sent)
    return ArmTraffic(
        requests=len(samples),
        errors=sum(bool(sample.error) for sample in samples),
        response_ms=[sample.milliseconds for sample in compared if not sample.error],
        pairs=pairs,
        turned_to=turned_to,
    )
