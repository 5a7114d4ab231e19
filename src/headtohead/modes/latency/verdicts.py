"""The pairs of an experiment, and the verdicts of a whole run, which share one alpha."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from headtohead.analysis.results import Verdict
from headtohead.analysis.verdicts import VerdictAt, holm_alphas
from headtohead.load.messages.latency import Pair
from headtohead.modes.latency.pair_tally import ComparisonTally, write_pairs
from headtohead.modes.mode import Measured
from headtohead.records.results import ExperimentResult


@dataclass(frozen=True, kw_only=True)
class MeasuredPairs(Measured):
    """An experiment's result and the raw pairs it rests on.

    Attributes:
        tallies: The pairs of each comparison.
        pairs: All of them in the order they were taken.
    """

    tallies: tuple[ComparisonTally, ...]
    pairs: tuple[Pair, ...]

    def write_raw(self, directory: Path) -> None:
        """Keep the raw pairs beside the record."""
        write_pairs(
            directory / "pairs" / f"{self.result.name}.csv",
            self.pairs,
            variants=[comparison.variant for comparison in self.result.comparisons],
        )


def judged_together(measured: Sequence[MeasuredPairs]) -> tuple[ExperimentResult, ...]:
    """The results of a run's experiments with their final verdicts.

    An invalid experiment gets no verdict, and its comparisons still count as comparisons of the
    run: when the others were stopped, nobody knew that it would be invalid.
    """
    alphas = iter(
        holm_alphas(
            [
                _verdict_at(tally, valid=each.result.valid)
                for each in measured
                for tally in each.tallies
            ]
        )
    )
    return tuple(_judged(each, [next(alphas) for _ in each.tallies]) for each in measured)


def _judged(measured: MeasuredPairs, alphas: Sequence[float]) -> ExperimentResult:
    result = measured.result
    return replace(
        result,
        comparisons=tuple(
            replace(
                comparison,
                verdict=tally.verdict(alpha=alpha) if result.valid else Verdict.INVALID,
                alpha=alpha,
            )
            for comparison, tally, alpha in zip(
                result.comparisons, measured.tallies, alphas, strict=True
            )
        ),
    )


def _verdict_at(tally: ComparisonTally, *, valid: bool) -> VerdictAt:
    return lambda alpha: tally.verdict(alpha=alpha) if valid else Verdict.INCONCLUSIVE
