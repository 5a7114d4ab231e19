"""What the launches of both revisions amount to, endpoint by endpoint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from headtohead.analysis.carry_over import allow_for
from headtohead.analysis.interval import ALPHA, Estimate
from headtohead.analysis.launches import NEEDED_LAUNCHES, over_launches
from headtohead.analysis.results import Verdict
from headtohead.analysis.verdicts import VerdictAt, claim_alphas, judge
from headtohead.compare.endpoints import BASE, HEAD, ComparedEndpoint
from headtohead.load.messages.latency import Pair
from headtohead.modes.arms import body_caveats
from headtohead.modes.latency.mode import ComparedArms, paired_result
from headtohead.modes.latency.pair_tally import ComparisonTally
from headtohead.modes.latency.verdicts import MeasuredPairs
from headtohead.records.results import Caveat, ExperimentResult
from headtohead.validity import sample_size


@dataclass(kw_only=True)
class EndpointTally:
    """One endpoint's pairs, launch by launch.

    Attributes:
        endpoint: What was asked for.
        margin: The smallest effect that matters, as a fraction.
        seed: Seed of the coin flips.
        variant: The side that base is compared with.
        seen: The caveats of what both sides said before, and of the machine.
        launches: Pairs of each launch.
    """

    endpoint: ComparedEndpoint
    margin: float
    seed: int
    variant: str = HEAD
    seen: list[Caveat] = field(default_factory=list)
    launches: list[list[Pair]] = field(default_factory=list)

    @property
    def sides(self) -> tuple[str, str]:
        """Base and what it is compared with."""
        return (BASE, self.variant)

    def estimate(self, *, alpha: float) -> Estimate | None:
        """The effect over launches, carry-over allowed for; None without a sound pair."""
        tallies = [self._comparison(pairs) for pairs in self.launches]
        ratios = [found for each in tallies if len(found := each.log_ratios())]
        if not ratios:
            return None
        whole = self._comparison([pair for pairs in self.launches for pair in pairs])
        return allow_for(whole.carry_over(), over_launches(ratios, alpha=alpha))

    def verdict(self, *, alpha: float) -> Verdict:
        """What they say, if the interval may miss as often as that."""
        estimate = self.estimate(alpha=alpha)
        return judge(estimate, margin=self.margin) if estimate else Verdict.INCONCLUSIVE

    def measured(self, *, question: str) -> MeasuredPairs:
        """The result with its raw pairs; its verdict has to wait for the other endpoints.

        Raises:
            MeasurementError: Not one pair succeeded.
        """
        pairs = [pair for launch in self.launches for pair in launch]
        tally = self._comparison(pairs)
        subject = ComparedArms(
            name=self.endpoint.name,
            question=question,
            baseline=BASE,
            arms=[self.endpoint.arm(side, url="", headers={}) for side in self.sides],
            seed=self.seed,
            one_body=False,
        )
        result = paired_result(subject, [tally], pairs)
        estimate = self.estimate(alpha=ALPHA)
        if estimate:
            stated = replace(
                result.comparisons[0],
                ratio=estimate.ratio,
                ci95=(estimate.low, estimate.high),
                detectable=estimate.half_width,
            )
            result = replace(result, comparisons=(stated,))
        found = (*dict.fromkeys(self.seen), *self._own_caveats(pairs))
        result = replace(result, caveats=(*result.caveats, *found))
        return MeasuredPairs(result=result, tallies=(tally,), pairs=tuple(pairs))

    def _own_caveats(self, pairs: Sequence[Pair]) -> Iterator[Caveat]:
        sound = sum(bool(self._comparison(launch).sound_pairs()) for launch in self.launches)
        if sound < NEEDED_LAUNCHES:
            yield sample_size.too_few_launches(launches=sound, needed=NEEDED_LAUNCHES)
        if any(caveat.code == "bodies-vary" for caveat in self.seen):
            return
        yield from body_caveats([pair.baseline_sample for pair in pairs])
        yield from body_caveats([pair.variant_sample for pair in pairs])

    def _comparison(self, pairs: list[Pair]) -> ComparisonTally:
        return ComparisonTally(
            baseline=BASE, variant=self.variant, margin=self.margin, early_stop=False, pairs=pairs
        )


def judged(
    tallies: Sequence[EndpointTally], results: Sequence[ExperimentResult]
) -> tuple[ExperimentResult, ...]:
    """The final verdicts: all endpoints of a comparison share one alpha (Holm, 1979)."""

    def verdict_at(tally: EndpointTally, *, valid: bool) -> VerdictAt:
        return lambda alpha: tally.verdict(alpha=alpha) if valid else Verdict.INCONCLUSIVE

    alphas = claim_alphas(
        [
            verdict_at(tally, valid=result.valid)
            for tally, result in zip(tallies, results, strict=True)
        ]
    )
    return tuple(
        _with_verdict(result, tally, alpha=alpha)
        for result, tally, alpha in zip(results, tallies, alphas, strict=True)
    )


def _with_verdict(
    result: ExperimentResult, tally: EndpointTally, *, alpha: float
) -> ExperimentResult:
    estimate = tally.estimate(alpha=alpha)
    return replace(
        result,
        comparisons=tuple(
            replace(
                comparison,
                verdict=tally.verdict(alpha=alpha) if result.valid else Verdict.INVALID,
                alpha=alpha,
                detectable=estimate.half_width if estimate else comparison.detectable,
            )
            for comparison in result.comparisons
        ),
    )
