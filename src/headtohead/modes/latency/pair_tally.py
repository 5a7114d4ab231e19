"""The pairs of one comparison, and what they amount to."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np

from headtohead.analysis.carry_over import allow_for, carry_over
from headtohead.analysis.interval import (
    ALPHA,
    Estimate,
    FloatArray,
    anytime_estimate,
    fixed_size_estimate,
    log_ratios,
)
from headtohead.analysis.results import Metric, Verdict
from headtohead.analysis.verdicts import NEEDED_PAIRS, is_settled, judge
from headtohead.errors import MeasurementError
from headtohead.load.messages.arm import Sample
from headtohead.load.messages.latency import Pair
from headtohead.modes.arms import body_caveats, mean_or_zero
from headtohead.protocol.server_timing import ServerTiming
from headtohead.records.comparison import CarryOver, Comparison
from headtohead.records.recording import write_table
from headtohead.records.results import Caveat, GeneratorUse
from headtohead.validity import comparison as comparison_rules
from headtohead.validity import sample_size

# What pairs take differs from one time to the next, and to advise as much is no advice.
_SPARE = 1.2
PAIR_COLUMNS = (
    "variant",
    "first",
    "started",
    "baseline_ms",
    "variant_ms",
    "baseline_washout_ms",
    "variant_washout_ms",
    "baseline_error",
    "variant_error",
)


@dataclass(kw_only=True)
class ComparisonTally:
    """Pairs of one variant and the baseline.

    Attributes:
        baseline: Name of the baseline.
        variant: Name of the variant.
        margin: The smallest effect that matters, as a fraction.
        early_stop: Whether the comparison may end once it is settled.
        stopping_alpha: How often the interval that settles it may miss.
        pairs: Every pair taken, those with errors included.
        settled: Whether it did end that way.
    """

    baseline: str
    variant: str
    margin: float
    early_stop: bool
    stopping_alpha: float = ALPHA
    pairs: list[Pair] = field(default_factory=list)
    settled: bool = False

    def sound_pairs(self) -> list[Pair]:
        """Pairs of which both requests succeeded."""
        return [pair for pair in self.pairs if not pair.failed]

    def estimate(self, *, alpha: float = ALPHA) -> Estimate | None:
        """The effect so far, or None before the first sound pair.

        Args:
            alpha: How often its interval may miss; where measuring may stop early, however
                often one looks.
        """
        interval = anytime_estimate if self.early_stop else fixed_size_estimate
        ratios = self.log_ratios()
        return interval(ratios, alpha=alpha) if len(ratios) else None

    def verdict(self, *, alpha: float) -> Verdict:
        """What the pairs say, carry-over allowed for, if the interval may miss as often as that."""
        estimate = self.estimate(alpha=alpha)
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
        estimate = self.estimate(alpha=self.stopping_alpha)
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
        each = mean_or_zero([pair.seconds for pair in fewest])
        yield sample_size.too_few_pairs(
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
            yield comparison_rules.carry_over(
                baseline=comparison.baseline, variant=comparison.variant, ratio=left.ratio
            )


def _milliseconds(samples: Iterable[Sample]) -> FloatArray:
    return np.array([sample.milliseconds for sample in samples])


def generator_use(pairs: Sequence[Pair]) -> GeneratorUse:
    """Sum up how the generator fared.

    What passed between the ends of two pairs is the server's time, as it says itself, the
    generator's own CPU time, and a rest: the way there and back, waking up, and whatever held
    either of them up. The way is about the same for every pair of a comparison, so what exceeds
    the median of the rest is lag. Neither arm is told from the other.

    Args:
        pairs: All pairs of an experiment, at least one.
    """
    lags: list[float] = []
    held_up: list[bool] = []
    for comparison in {pair.variant for pair in pairs}:
        found = [
            (pair.elapsed_ms, rest)
            for pair in pairs
            if pair.variant == comparison and (rest := _rest_ms(pair)) is not None
        ]
        if found:
            usual_ms, usual_rest = np.median(found, axis=0).tolist()
            lags += [max(0.0, rest - usual_rest) for _, rest in found]
            held_up += [rest - usual_rest > usual_ms for _, rest in found]
    return GeneratorUse(
        cpu_share=sum(pair.cpu_ms for pair in pairs) / sum(pair.elapsed_ms for pair in pairs),
        held_up_share=sum(held_up) / len(pairs),
        lag_p99_ms=float(np.percentile(lags or [0.0], 99)),
        lag_max_ms=float(max(lags, default=0.0)),
    )


def _rest_ms(pair: Pair) -> float | None:
    """Time in which neither side worked; None where the server did not explain itself."""
    timings = [
        ServerTiming.from_header(sample.server_timing)
        for sample in pair.samples
        if not sample.error
    ]
    explained = [timing.total_ms for timing in timings if timing]
    unexplained = len(explained) < len(pair.samples)
    return None if unexplained else pair.elapsed_ms - pair.cpu_ms - sum(explained)


def write_pairs(path: Path, pairs: Sequence[Pair], *, variants: Sequence[str]) -> None:
    """Keep the raw pairs, so that any other analysis can be made of them.

    Args:
        path: The CSV file to write.
        pairs: Pairs in the order they were taken.
        variants: Names of the variants the pairs' indices stand for.
    """
    samples = ((each, each.baseline_sample, each.variant_sample) for each in pairs)
    write_table(
        path,
        PAIR_COLUMNS,
        (
            (
                variants[pair.variant],
                "baseline" if pair.baseline_first else "variant",
                f"{min(one.started, other.started):.6f}",
                f"{one.milliseconds:.6f}",
                f"{other.milliseconds:.6f}",
                f"{pair.baseline_washout.milliseconds:.6f}",
                f"{pair.variant_washout.milliseconds:.6f}",
                one.error,
                other.error,
            )
            for pair, one, other in samples
        ),
    )
