"""The latency mode: request pairs of one user, judged as they come in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from headtohead.analysis.results import Metric
from headtohead.analysis.verdicts import stopping_alpha
from headtohead.config import Config
from headtohead.experiment import Experiment
from headtohead.load.control.load_generator import load_generator
from headtohead.load.messages.arm import Arm, Sample
from headtohead.load.messages.latency import Pair, PairPlan
from headtohead.modes.arms import arm_traffic, arms_of, variant_caveats, variant_result
from headtohead.modes.latency.negative_control import comparing_with_itself, name_of_second
from headtohead.modes.latency.pair_tally import (
    ComparisonTally,
    generator_use,
    pair_caveats,
)
from headtohead.modes.latency.verdicts import MeasuredPairs, judged_together
from headtohead.modes.mode import TOLERATED_ERRORS, LoadMode, Progress, Traffic
from headtohead.records.comparison import Mode
from headtohead.records.results import Caveat, ExperimentResult
from headtohead.stack.target import Target
from headtohead.validity.generator import generator_caveats


def pair_traffic(pairs: Sequence[Pair], *, names: Sequence[str]) -> Traffic:
    """The traffic of some pairs, taken by one user.

    Args:
        pairs: Those of one report.
        names: Names of the variants, the baseline's first.
    """
    baseline, *variants = names
    arms = {
        baseline: arm_traffic(
            sent=chain.from_iterable(
                (pair.baseline_washout, pair.baseline_sample) for pair in pairs
            ),
            compared=(pair.baseline_sample for pair in pairs),
            pairs=0,
        )
    }
    for index, name in enumerate(variants):
        own = [pair for pair in pairs if pair.variant == index]
        arms[name] = arm_traffic(
            sent=chain.from_iterable((pair.variant_washout, pair.variant_sample) for pair in own),
            compared=(pair.variant_sample for pair in own),
            pairs=len(own),
        )
    use = generator_use(pairs) if pairs else None
    return Traffic(
        users=1,
        arms=arms,
        cpu_share=use.cpu_share if use else None,
        lag_seconds=use.lag_max_ms / 1000 if use else None,
    )


@dataclass(frozen=True, kw_only=True)
class ComparedArms:
    """What pairs were taken of, in the record's words.

    Attributes:
        name: See `ExperimentResult`, as for the attributes that are not explained here.
        question: See `ExperimentResult`.
        baseline: See `ExperimentResult`.
        arms: What was sent to each arm, the baseline's first.
        seed: Seed of the coin flips.
        one_body: Whether all arms have to answer alike.
    """

    name: str
    question: str
    baseline: str
    arms: Sequence[Arm]
    seed: int
    one_body: bool = True


@dataclass(frozen=True, kw_only=True)
class LatencyMode(LoadMode[MeasuredPairs]):
    """Request pairs of one user, judged as they come in.

    Attributes:
        comparisons_in_run: How many comparisons of the run share alpha.
        against_itself: Whether the baseline stands in for the variants, which is the negative
            control of all this: there is no difference to find.
    """

    comparisons_in_run: int
    against_itself: bool = False

    def measure(
        self,
        experiment: Experiment,
        *,
        target: Target,
        config: Config,
        seed: int,
        on_progress: Callable[[Progress], None],
    ) -> MeasuredPairs:
        """Take request pairs until every comparison is settled or its budget is spent.

        Args:
            experiment: What to measure; its preflight has passed.
            target: The API.
            config: Budget, margin, warm-up and whether to stop early.
            seed: Seed of the coin flips.
            on_progress: Called a few times a second.

        Raises:
            MeasurementError: The generator broke down, or not one pair succeeded.
        """
        baseline, *variants = arms_of(experiment, url_of=target.url_of, token=target.token)
        plan = PairPlan(
            baseline=baseline,
            variants=tuple(variants),
            warm_up=config.warm_up,
            seconds=config.budget,
            seed=seed,
        )
        names = [variant.name for variant in experiment.variants]
        if self.against_itself:
            plan = comparing_with_itself(plan, second_url=target.second_url)
            names = [name_of_second(experiment)]
        tallies = [
            ComparisonTally(
                baseline=experiment.baseline.name,
                variant=name,
                margin=config.margin,
                early_stop=config.early_stop,
                stopping_alpha=stopping_alpha(self.comparisons_in_run),
            )
            for name in names
        ]
        pairs: list[Pair] = []
        failures = 0
        with load_generator() as generator:
            generator.start(plan)
            for batch in generator.batches():
                for pair in batch:
                    pairs.append(pair)
                    tallies[pair.variant].pairs.append(pair)
                failures += sum(pair.failed for pair in batch)
                if failures > TOLERATED_ERRORS:
                    break
                for index, tally in enumerate(tallies):
                    if not tally.settled and tally.settle():
                        generator.close_comparison(index)
                if pairs:
                    on_progress(_progress(tallies, last=pairs[-1], batch=batch, config=config))
        subject = ComparedArms(
            name=experiment.name,
            question=experiment.question,
            baseline=experiment.baseline.name,
            arms=plan.arms,
            seed=seed,
        )
        result = paired_result(subject, tallies, pairs)
        if self.against_itself:
            result = replace(
                result, question=f"Does {experiment.baseline.name} differ from itself?"
            )
        return MeasuredPairs(result=result, tallies=tuple(tallies), pairs=tuple(pairs))

    def judged(self, measured: Sequence[MeasuredPairs]) -> tuple[ExperimentResult, ...]:
        """Verdicts of all comparisons of a run, which share one alpha."""
        return judged_together(measured)


def _progress(
    tallies: Sequence[ComparisonTally], *, last: Pair, batch: Sequence[Pair], config: Config
) -> Progress:
    tally = tallies[last.variant]
    estimate = tally.estimate()
    seconds_left = sum(
        max(0.0, config.budget - each.seconds()) for each in tallies if not each.settled
    )
    return Progress(
        pairs=sum(len(tally.pairs) for tally in tallies),
        variant=tally.variant,
        metric=Metric.LATENCY,
        ratio=estimate.ratio if estimate else None,
        interval=(estimate.low, estimate.high) if estimate else (0.0, float("inf")),
        seconds_left=seconds_left,
        position=1 - seconds_left / (config.budget * len(tallies)),
        traffic=pair_traffic(batch, names=[tally.baseline, *(each.variant for each in tallies)]),
    )


def paired_result(
    subject: ComparedArms, tallies: Sequence[ComparisonTally], pairs: Sequence[Pair]
) -> ExperimentResult:
    """What pairs amount to; verdicts are those that need not know of other comparisons.

    Raises:
        MeasurementError: Not one pair of a comparison succeeded.
    """
    names = [subject.baseline, *(tally.variant for tally in tallies)]
    samples: dict[str, list[Sample]] = {name: [] for name in names}
    washouts: dict[str, list[Sample]] = {name: [] for name in names}
    for pair in pairs:
        variant = tallies[pair.variant].variant
        samples[subject.baseline].append(pair.baseline_sample)
        samples[variant].append(pair.variant_sample)
        washouts[subject.baseline].append(pair.baseline_washout)
        washouts[variant].append(pair.variant_washout)

    use = generator_use(pairs)
    caveats: list[Caveat] = [
        *pair_caveats(tallies, one_body=subject.one_body),
        *generator_caveats(use),
    ]
    for name, arm in zip(names, subject.arms, strict=True):
        sent = [*samples[name], *washouts[name]]
        caveats.extend(variant_caveats(arm.identity, sent, reports_timing=arm.reports_timing))
    valid = not any(caveat.invalidates for caveat in caveats)
    comparisons = tuple(tally.comparison(valid=valid) for tally in tallies)
    return ExperimentResult(
        name=subject.name,
        question=subject.question,
        mode=Mode.LATENCY,
        baseline=subject.baseline,
        method=subject.arms[0].method,
        path=subject.arms[0].path,
        pairs=len(pairs),
        seed=subject.seed,
        variants=tuple(variant_result(name, samples[name]) for name in names),
        comparisons=comparisons,
        caveats=tuple(caveats),
        generator=use,
    )
