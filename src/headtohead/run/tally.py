"""What has been seen so far of one experiment, and what it amounts to."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from headtohead import caveats
from headtohead.analysis.carry_over import allow_for, carry_over
from headtohead.analysis.interval import (
    ERROR_RATE,
    Estimate,
    FloatArray,
    anytime_estimate,
    fixed_size_estimate,
    log_ratios,
)
from headtohead.analysis.latency import summarise
from headtohead.analysis.verdict import NEEDED_PAIRS, is_settled, judge
from headtohead.caveats import Caveat
from headtohead.errors import MeasurementError
from headtohead.load.plan import Pair, Sample
from headtohead.measurement import CarryOver, Comparison, Metric, VariantResult, Verdict
from headtohead.server_timing import ServerTiming

# What pairs take differs from one time to the next, and to advise as much is no advice.
_SPARE = 1.2


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
        return [pair for pair in self.pairs if not pair.failed]

    def estimate(self, *, error_rate: float = ERROR_RATE) -> Estimate | None:
        """The effect so far, or None before the first sound pair.

        Args:
            error_rate: How often its interval may miss; where measuring may stop early, however
                often one looks.
        """
        interval = anytime_estimate if self.early_stop else fixed_size_estimate
        ratios = self.log_ratios()
        return interval(ratios, error_rate=error_rate) if len(ratios) else None

    def verdict(self, *, error_rate: float) -> Verdict:
        """What the pairs say, carry-over allowed for, if the interval may miss as often as that."""
        estimate = self.estimate(error_rate=error_rate)
        if estimate is None:
            return Verdict.INCONCLUSIVE
        return judge(allow_for(self.carry_over(), estimate), margin=self.margin)

    def carry_over(self) -> Estimate:
        """What the arms leave behind for each other."""
        pairs = self.sound_pairs()
        return carry_over(
            baseline_first=np.array([pair.baseline_first for pair in pairs], dtype=np.bool_),
            baseline_washed=log_ratios(
                baseline_ms=_milliseconds(pair.baseline_sample for pair in pairs),
                variant_ms=_milliseconds(pair.baseline_washout for pair in pairs),
            ),
            variant_washed=log_ratios(
                baseline_ms=_milliseconds(pair.variant_sample for pair in pairs),
                variant_ms=_milliseconds(pair.variant_washout for pair in pairs),
            ),
        )

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
        return sum(pair.seconds for pair in self.pairs)

    def comparison(self, *, valid: bool) -> Comparison:
        """The outcome.

        Raises:
            MeasurementError: No pair succeeded, so there is no number to give.
        """
        decisive = self.estimate()
        if decisive is None:
            raise MeasurementError(
                f"no pair of {self.baseline} and {self.variant} succeeded "
                f"({self._first_error() or 'none was taken'})",
                fix="read the API's log; `h2h status` says where it is",
            )
        left = self.carry_over()
        decisive = allow_for(left, decisive)
        stated = allow_for(left, fixed_size_estimate(self.log_ratios()))
        return Comparison(
            variant=self.variant,
            baseline=self.baseline,
            metric=Metric.LATENCY,
            pairs=len(self.sound_pairs()),
            ratio=stated.ratio,
            ci95=(stated.low, stated.high),
            margin=self.margin,
            verdict=judge(decisive, margin=self.margin) if valid else Verdict.INVALID,
            detectable=decisive.half_width,
            seconds=self.seconds(),
            stopped_early=self.settled,
            anytime_ci95=(decisive.low, decisive.high) if self.early_stop else None,
            carry_over=CarryOver(ratio=left.ratio, ci99=(left.low, left.high)),
        )

    def log_ratios(self) -> FloatArray:
        """The log ratio of each sound pair."""
        pairs = self.sound_pairs()
        return log_ratios(
            baseline_ms=_milliseconds(pair.baseline_sample for pair in pairs),
            variant_ms=_milliseconds(pair.variant_sample for pair in pairs),
        )

    def _first_error(self) -> str:
        samples = chain.from_iterable(pair.samples for pair in self.pairs)
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
        explained=bool(timings),
    )


def variant_caveats(
    identity: str, samples: Sequence[Sample], *, explains: bool = True
) -> Iterator[Caveat]:
    """What is wrong with one variant's requests.

    Args:
        identity: Experiment and variant.
        samples: The requests.
        explains: Whether the server tells which variant served them.
    """
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
    if explains and unconfirmed:
        yield caveats.variant_not_applied(variant=identity, requests=unconfirmed)


def pair_caveats(
    comparisons: Sequence[ComparisonTally], *, one_body: bool = True
) -> Iterator[Caveat]:
    """What is wrong with an experiment's pairs, whichever variant they are of.

    A carry-over within the margin is allowed for without a word, as any other small uncertainty.

    Args:
        comparisons: The pairs.
        one_body: Whether all answers have to have the same body.
    """
    sound = [comparison.sound_pairs() for comparison in comparisons]
    fewest = min(sound, key=len)
    if len(fewest) < NEEDED_PAIRS:
        each = _mean([pair.seconds for pair in fewest])
        yield caveats.too_few_pairs(
            pairs=len(fewest),
            needed=NEEDED_PAIRS,
            budget=math.ceil(_SPARE * NEEDED_PAIRS * each),
        )
    if one_body:
        yield from body_caveats([sample for pair in chain(*sound) for sample in pair.samples])
    for comparison in comparisons:
        left = comparison.carry_over()
        certain = left.low > 1 or left.high < 1
        if certain and abs(math.log(left.ratio)) > math.log1p(comparison.margin):
            yield caveats.carry_over(
                baseline=comparison.baseline, variant=comparison.variant, ratio=left.ratio
            )


def body_caveats(samples: Iterable[Sample]) -> Iterator[Caveat]:
    """Whether bodies changed during the measurement, whichever arm they are of.

    They are compared by content with the first one: arms that were equal before the measurement can
    change together, and one can change alone, as a cache does that was filled before a write.
    """
    checksums = [sample.checksum for sample in samples if not sample.error]
    changed = sum(each != checksums[0] for each in checksums)
    if changed:
        yield caveats.body_changed(changed=changed, requests=len(checksums))


def _timing(sample: Sample) -> ServerTiming | None:
    return ServerTiming.from_header(sample.server_timing)


def _milliseconds(samples: Iterable[Sample]) -> FloatArray:
    return np.array([sample.milliseconds for sample in samples])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
