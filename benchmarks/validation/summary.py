"""From recorded trials to what each rule made of them."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev

import numpy as np
from scipy.stats import binomtest

from benchmarks.validation.judgement import Claim, Evidence, Judgement, Rule
from benchmarks.validation.record import (
    SCHEMA_VERSION,
    Cell,
    RuleRecord,
    ScenarioRecord,
    Setup,
    Validation,
)
from benchmarks.validation.scenarios import SCENARIOS, Scenario
from benchmarks.validation.trace import Trace


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What a rule said of one trial, beside the truth.

    Attributes:
        judgement: What it said.
        truth: What was injected, as all trials of the scenario tell.
        truth_of_trial: The same as this trial alone tells. It shares the trial's noise, so that the
            two differ by little else than a rule's error; on average over trials it is the truth.
    """

    judgement: Judgement
    truth: float
    truth_of_trial: float


def summarise(setup: Setup, traces: Iterable[Trace], *, rules: Sequence[Rule]) -> Validation:
    """Judge every trial by every rule.

    Args:
        setup: What holds for all trials.
        traces: The trials in the order they were taken.
        rules: What to judge them by.
    """
    scenarios = {scenario.name: scenario for scenario in SCENARIOS}
    traces = list(traces)
    added = {
        name: _added_ms(each) if scenarios[name].delay else 0.0
        for name, each in _by_scenario(traces).items()
    }
    outcomes: dict[tuple[str, str, float], list[_Outcome]] = defaultdict(list)
    facts: dict[str, list[_TrialFacts]] = defaultdict(list)
    earlier: dict[tuple[str, float], list[float]] = defaultdict(list)
    for trace in traces:
        scenario = scenarios[trace.scenario]
        added_ms = added[scenario.name]
        facts[scenario.name].append(_facts(trace, added_ms=added_ms))
        for budget in budgets(scenario, seconds=setup.seconds):
            seen = trace.until(budget)
            history = earlier[scenario.neighbour, budget]
            evidence = Evidence(trace=seen, earlier_ms=np.array(history))
            own_added_ms = _added_ms([trace]) if scenario.delay else 0.0
            for rule in rules:
                judgement = rule.judge(evidence)
                if judgement:
                    true_ratio = seen.true_mean_ratio if rule.of_means else seen.true_median_ratio
                    outcomes[rule.name, scenario.name, budget].append(
                        _Outcome(
                            judgement=judgement,
                            truth=true_ratio(added_ms),
                            truth_of_trial=true_ratio(own_added_ms),
                        )
                    )
            history.append(float(seen.baseline_ms.mean()))
    return Validation(
        schema=SCHEMA_VERSION,
        setup=setup,
        scenarios=tuple(
            _scenario_record(scenario, facts[scenario.name])
            for scenario in SCENARIOS
            if scenario.name in facts
        ),
        rules=tuple(
            RuleRecord(name=rule.name, own=rule.own, source=rule.source, margin=rule.margin)
            for rule in rules
        ),
        cells=tuple(_cells(outcomes)),
    )


def _by_scenario(traces: Iterable[Trace]) -> Mapping[str, Sequence[Trace]]:
    found: dict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        found[trace.scenario].append(trace)
    return found


def _added_ms(traces: Iterable[Trace]) -> float:
    """What a delay really adds to the server's time, by the server's clock.

    That is more than the delay itself: what follows a wait is slower than without one. From all
    pairs of a scenario together it hardly depends on the noise of a single trial.
    """
    return float(np.median(np.concatenate([trace.added_server_ms for trace in traces])))


def budgets(scenario: Scenario, *, seconds: float) -> tuple[float, ...]:
    """The times at which a scenario's trials are judged: every length that trials have, up to its.

    A trial of a small effect is longer than others; judged on its beginning too, it says what a
    short run would have made of it.
    """
    stretches = sorted({each.stretch for each in SCENARIOS if each.stretch <= scenario.stretch})
    return tuple(seconds * stretch for stretch in stretches)


def proportion_interval(count: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a proportion by Clopper & Pearson (1934), which never promises less."""
    interval = binomtest(count, trials).proportion_ci(confidence_level=0.95, method="exact")
    return float(interval.low), float(interval.high)


@dataclass(frozen=True, kw_only=True)
class _TrialFacts:
    """What is kept of a trial besides the rules' judgements."""

    seconds: float
    pairs: int
    delay_ms: float
    added_ms: float
    true_ratio: float
    halves_apart: float
    busy_share: float


def _facts(trace: Trace, *, added_ms: float) -> _TrialFacts:
    first, second = np.array_split(trace.baseline_ms, 2)
    return _TrialFacts(
        seconds=trace.seconds,
        pairs=len(trace),
        delay_ms=float(np.median(trace.delay_ms)),
        added_ms=added_ms,
        true_ratio=trace.true_median_ratio(added_ms),
        halves_apart=abs(float(second.mean() / first.mean()) - 1),
        busy_share=trace.busy_share,
    )


def _scenario_record(scenario: Scenario, facts: Sequence[_TrialFacts]) -> ScenarioRecord:
    return ScenarioRecord(
        name=scenario.name,
        meaning=scenario.meaning,
        percent=scenario.percent,
        equals=scenario.delay is None,
        trials=len(facts),
        seconds=median(each.seconds for each in facts),
        pairs=round(median(each.pairs for each in facts)),
        delay_ms=median(each.delay_ms for each in facts),
        added_ms=facts[0].added_ms,
        true_ratio=median(each.true_ratio for each in facts),
        halves_apart=median(each.halves_apart for each in facts),
        busy_share=median(each.busy_share for each in facts),
        busiest_share=max(each.busy_share for each in facts),
    )


def _cells(outcomes: dict[tuple[str, str, float], list[_Outcome]]) -> Iterator[Cell]:
    for (rule, scenario, budget), each in outcomes.items():
        judgements = [outcome.judgement for outcome in each]
        intervals = [
            (outcome.judgement.interval, outcome.truth)
            for outcome in each
            if outcome.judgement.interval
        ]
        widths = [(high / low) ** 0.5 - 1 for (low, high), _ in intervals]
        seconds = [judgement.seconds for judgement in judgements]
        errors = [outcome.judgement.ratio / outcome.truth_of_trial for outcome in each]
        yield Cell(
            rule=rule,
            scenario=scenario,
            budget=budget,
            trials=len(each),
            slower=sum(judgement.claim is Claim.SLOWER for judgement in judgements),
            faster=sum(judgement.claim is Claim.FASTER for judgement in judgements),
            intervals=len(intervals),
            covered=sum(low <= truth <= high for (low, high), truth in intervals),
            half_width=median(widths) if widths else None,
            bias=fmean(errors) - 1,
            bias_error=stdev(errors) / math.sqrt(len(errors)) if len(errors) > 1 else None,
            seconds_p50=float(np.percentile(seconds, 50)),
            seconds_p90=float(np.percentile(seconds, 90)),
        )
