"""What has been seen so far of one experiment, and what it amounts to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from headtohead import caveats
from headtohead.analysis.interval import (
    ERROR_RATE,
    Estimate,
    anytime_estimate,
    fixed_size_estimate,
    log_ratios,
)
from headtohead.analysis.latency import summarise
from headtohead.analysis.verdict import NEEDED_PAIRS, is_settled, judge
from headtohead.caveats import Caveat
from headtohead.errors import MeasurementError
from headtohead.load.plan import Pair, Sample
from headtohead.measurement import Comparison, IntervalKind, Metric, VariantResult, Verdict
from headtohead.server_timing import ServerTiming


@dataclass(kw_only=True)
class ComparisonTally:
    """Pairs of one variant and the baseline.

    Attributes:
        baseline: Name of the baseline.
        variant: Name of the variant.
        margin: The smallest effect that matters, as a fraction.
        early_stop: Whether the comparison may end once it is settled.
        stopping_error_rate: How often the interval that settles it may miss.
        pairs: Every pair taken, those with errors included.
        settled: Whether it did end that way.
    """

    baseline: str
    variant: str
    margin: float
    early_stop: bool
    stopping_error_rate: float = ERROR_RATE
    pairs: list[Pair] = field(default_factory=list)
    settled: bool = False

    def sound_pairs(self) -> list[Pair]:
        """Pairs of which both requests succeeded."""
        return [
            pair
            for pair in self.pairs
            if not pair.baseline_sample.error and not pair.variant_sample.error
        ]

    def estimate(self, *, error_rate: float = ERROR_RATE) -> Estimate | None:
        """The effect so far, or None before the first sound pair.

        Args:
            error_rate: How often its interval may miss.
        """
        pairs = self.sound_pairs()
        if not pairs:
            return None
        ratios = log_ratios(
            baseline_ms=np.array([pair.baseline_sample.milliseconds for pair in pairs]),
            variant_ms=np.array([pair.variant_sample.milliseconds for pair in pairs]),
        )
        interval = anytime_estimate if self.early_stop else fixed_size_estimate
        return interval(ratios, error_rate=error_rate)

    def verdict(self, *, error_rate: float) -> Verdict:
        """What the pairs say if the interval may miss as often as that."""
        estimate = self.estimate(error_rate=error_rate)
        return judge(estimate, margin=self.margin) if estimate else Verdict.INCONCLUSIVE

    def settle(self) -> bool:
        """Whether the comparison may end now; remembers that it did."""
        estimate = self.estimate(error_rate=self.stopping_error_rate)
        self.settled = (
            self.early_stop
            and estimate is not None
            and is_settled(estimate, pairs=len(self.sound_pairs()), margin=self.margin)
        )
        return self.settled

    def seconds(self) -> float:
        """Time its requests took."""
        return (
            sum(
                pair.baseline_sample.milliseconds + pair.variant_sample.milliseconds
                for pair in self.pairs
            )
            / 1000
        )

    def comparison(self, *, valid: bool) -> Comparison:
        """The outcome.

        Raises:
            MeasurementError: No pair succeeded, so there is no number to give.
        """
        estimate = self.estimate()
        if estimate is None:
            raise MeasurementError(
                f"no pair of {self.baseline} and {self.variant} succeeded "
                f"({self._first_error() or 'none was taken'})",
                fix="read the API's log; `h2h status` says where it is",
            )
        return Comparison(
            variant=self.variant,
            baseline=self.baseline,
            metric=Metric.LATENCY,
            pairs=len(self.sound_pairs()),
            ratio=estimate.ratio,
            ci95=(estimate.low, estimate.high),
            interval=IntervalKind.CONFIDENCE_SEQUENCE
            if self.early_stop
            else IntervalKind.RANDOMISATION,
            margin=self.margin,
            verdict=judge(estimate, margin=self.margin) if valid else Verdict.INVALID,
            detectable=estimate.half_width,
            seconds=self.seconds(),
            stopped_early=self.settled,
        )

    def _first_error(self) -> str:
        samples = (
            sample for pair in self.pairs for sample in (pair.baseline_sample, pair.variant_sample)
        )
        return next((sample.error for sample in samples if sample.error), "")


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
        queries_per_request=_mean([timing.queries for timing in timings]),
        db_ms_per_request=_mean([timing.database_ms for timing in timings]),
        cache_hit_ratio=sum(timing.cache_hits for timing in timings) / lookups if lookups else None,
        bytes_per_response=_mean([sample.body_bytes for sample in sound]),
    )


def variant_caveats(identity: str, samples: Sequence[Sample]) -> Iterator[Caveat]:
    """What is wrong with one variant's requests."""
    failed = [sample for sample in samples if sample.error]
    if failed:
        yield caveats.request_errors(
            variant=identity,
            errors=len(failed),
            requests=len(samples),
            example=failed[0].error,
        )
    sound = [sample for sample in samples if not sample.error]
    unconfirmed = sum(
        (timing := _timing(sample)) is None or timing.variant != identity for sample in sound
    )
    if unconfirmed:
        yield caveats.variant_not_applied(variant=identity, requests=unconfirmed)


def pair_caveats(comparisons: Sequence[ComparisonTally]) -> Iterator[Caveat]:
    """What is wrong with an experiment's pairs, whichever variant they are of.

    Bodies are compared by content with the first one: arms that were equal before the measurement
    can change together, and one can change alone, as a cache does that was filled before a write.
    """
    sound = [comparison.sound_pairs() for comparison in comparisons]
    fewest = min(map(len, sound))
    if fewest < NEEDED_PAIRS:
        yield caveats.too_few_pairs(pairs=fewest, needed=NEEDED_PAIRS)
    samples = [
        sample for pair in chain(*sound) for sample in (pair.baseline_sample, pair.variant_sample)
    ]
    changed = sum(sample.checksum != samples[0].checksum for sample in samples)
    if changed:
        yield caveats.body_changed(changed=changed, requests=len(samples))


def _timing(sample: Sample) -> ServerTiming | None:
    return ServerTiming.from_header(sample.server_timing)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
