"""What a validation asks of its trials, and a trial of its generator; neither runs here."""

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.validation import take_trials, trial
from benchmarks.validation.injected_delay import DelayKind, InjectedDelay
from benchmarks.validation.scenarios import Neighbour, select_scenarios, trial_seed
from benchmarks.validation.take_trials import Scope, validate
from benchmarks.validation.trial import Subject, TrialEndpoint, take_trial
from headtohead.config import Config
from headtohead.load.messages.latency import PairPlan
from headtohead.stack.target import Target
from tests.benchmarks.validation.factories import trace
from tests.benchmarks.validation.test_summary import SETUP
from tests.benchmarks.validation.test_trial import REGISTRY

TARGET = Target(base_url="http://127.0.0.1:9", token="secret", rows=0, servers={})
SUBJECT = Subject.named("e", REGISTRY)
SCENARIOS = select_scenarios(["aa-bursty", "busy-1", "carry-over"])


@pytest.fixture
def taken(monkeypatch, tmp_path):
    """The trials that a validation takes with these settings."""

    def taken(*, runs: int, seconds: float = 2.0, **settings: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []

        def take(scenario: Any, *, index: int, **given: Any) -> Any:
            found.append({"scenario": scenario, "index": index, **given})
            return trace(scenario=scenario.name, index=index, pairs=50)

        config = Config(root=tmp_path, **settings)
        setup = replace(SETUP, subject="e/one", seconds=seconds, seed=config.seed)
        monkeypatch.setattr(take_trials, "open_target", lambda *_, **__: nullcontext(TARGET))
        monkeypatch.setattr(take_trials, "_prepare", lambda *_, **__: setup)
        monkeypatch.setattr(take_trials, "take_trial", take)
        monkeypatch.setattr(take_trials, "summarise", lambda *_, **__: None)
        validate(
            Scope(subject=SUBJECT, scenarios=SCENARIOS, runs=runs, seconds=seconds),
            registry=REGISTRY,
            config=config,
            output=tmp_path / f"of-{config.seed}",
            note=[].append,
            on_progress=[].append,
        )
        return found

    return taken


def test_every_trial_has_a_seed_of_its_own_that_follows_from_the_validations(taken):
    found = taken(runs=3, seed=7, warm_up=4, seconds=2.5)
    assert len(found) == 3 * len(SCENARIOS)
    for each in found:
        assert each["seed"] == trial_seed(each["scenario"], index=each["index"], seed=7)
        assert each["seconds"] == 2.5 * each["scenario"].stretch
        assert (each["endpoint"].warm_up, each["endpoint"].median_ms) == (4, SETUP.median_ms)
    assert len({each["seed"] for each in found}) == len(found)
    assert {each["seed"] for each in found}.isdisjoint(
        each["seed"] for each in taken(runs=3, seed=8)
    )


def test_only_trials_that_are_missing_are_taken(taken):
    first = {(each["scenario"].name, each["index"]) for each in taken(runs=2)}
    more = {(each["scenario"].name, each["index"]) for each in taken(runs=3)}
    assert len(first) == 2 * len(SCENARIOS)
    assert more == {(scenario.name, 2) for scenario in SCENARIOS}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[each.name for each in SCENARIOS])
def test_a_trial_takes_what_its_scenario_says(scenario, monkeypatch):
    plans: list[PairPlan] = []
    beside: list[tuple[Neighbour, int]] = []

    class Generator:
        def start(self, plan: PairPlan) -> None:
            plans.append(plan)

        def batches(self) -> list[list[Any]]:
            return []

    @contextmanager
    def neighbour(kind: Neighbour, *, seed: int) -> Any:
        beside.append((kind, seed))
        yield None

    monkeypatch.setattr(trial, "load_generator", lambda: nullcontext(Generator()))
    monkeypatch.setattr(trial, "beside", neighbour)
    monkeypatch.setattr(trial, "trace_of", lambda _, **given: given)
    monkeypatch.setattr(trial.psutil, "cpu_percent", lambda **_: 50.0)
    endpoint = TrialEndpoint(
        subject=SUBJECT, target=TARGET, heavy=SUBJECT, median_ms=5.0, warm_up=4
    )
    told = take_trial(scenario, index=2, endpoint=endpoint, seconds=3.0, seed=11)
    (plan,) = plans
    assert (plan.warm_up, plan.seconds, plan.seed) == (4, 3.0, 11)
    assert beside == [(scenario.neighbour, 11)]
    assert (told["index"], told["busy_share"]) == (2, 0.5)
    none = InjectedDelay(kind=DelayKind.BUSY, microseconds=0)
    slowed = InjectedDelay(kind=DelayKind.BUSY, microseconds=50) if scenario.delay else none
    assert told["delay"] == slowed
    (variant,) = plan.variants
    heavy = endpoint.plain_arm(SUBJECT) if scenario.carry_over else None
    assert plan.baseline == endpoint.arm(none)
    assert variant == replace(endpoint.arm(slowed), preceded_by=heavy)
