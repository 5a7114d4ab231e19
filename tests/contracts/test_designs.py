"""Settings and arguments reach what a comparison, a sweep, a bench, a check and an audit do."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headtohead.check.sql_snapshot import read_snapshot
from headtohead.ci.gate import gate_working_tree as gating
from headtohead.ci.gate.policy import ExperimentPolicy, Policy
from headtohead.compare import login as logging_in
from headtohead.compare import rounds as taking
from headtohead.compare.endpoints import ComparedEndpoint
from headtohead.config import Config
from headtohead.errors import ConfigurationError
from headtohead.modes.latency import mode as latency_mode
from headtohead.modes.latency.negative_control import BUDGET_SHARE
from headtohead.setting_values import Texts
from tests.cli.work import BENCH
from tests.designs import (
    ENDPOINTS,
    audited,
    benched,
    checked,
    compared,
    plans_between,
    swept,
)
from tests.report import samples
from tests.run.scripted import THREE, Noted, scripted


@pytest.fixture
def config(tmp_path):
    def config(**settings: Any) -> Config:
        return Config(root=tmp_path, **{"rows": 77, "seed": 5, "budget": 12.0, **settings})

    return config


@pytest.mark.process
@pytest.mark.parametrize(
    ("control", "rounds", "warm_up"), [(False, 4, 3), (False, 6, 30), (True, 4, 30), (True, 6, 3)]
)
def test_a_comparison_shares_the_budget_among_its_rounds(control, rounds, warm_up, config):
    given = config(control=control, warm_up=warm_up, budget=24.0, margin=0.03)
    design = compared(given, rounds=rounds, margins={"orders": 0.2})
    found = plans_between(design, "head")
    assert len(found) == rounds * len(ENDPOINTS)
    assert {each.seconds for each in found} == {24.0 / rounds}
    # Every launch is warmed up again, so by ten requests at most.
    assert {each.warm_up for each in design.plans} == {min(10, warm_up)}
    assert {each.path for plan in found for each in plan.arms} == {"/orders/", "/products/"}
    assert {each.base_url for plan in found for each in plan.arms} == {
        "http://base:80",
        "http://head:80",
    }
    itself = plans_between(design, "base again")
    assert len(itself) == rounds * control
    assert {each.seconds for each in itself} == (
        {BUDGET_SHARE * 24.0 / rounds} if control else set()
    )
    assert [sorted(each) for each in design.served] == (
        [sorted(["base", "head", *["base again"] * control])] * rounds
    )
    assert len(design.plans) == len(found) + len(itself)
    record = design.record
    assert {each.name: each.comparisons[0].margin for each in record.experiments} == {
        "orders": 0.2,
        "products": 0.03,
    }
    assert (record.control is not None, record.revisions.rounds) == (control, rounds)
    assert {each.seed for each in record.experiments} == {5}


def test_requests_that_write_have_no_control(config):
    endpoints = (*ENDPOINTS, ComparedEndpoint(name="post-a", path="/a/", method="POST", body="{}"))
    design = compared(config(control=True), endpoints=endpoints, pairs=2)
    assert design.record.control is None
    assert plans_between(design, "base again") == []
    sent = {(arm.method, arm.path, arm.body) for plan in design.plans for arm in plan.arms}
    assert sent == {("GET", "/orders/", None), ("GET", "/products/", None), ("POST", "/a/", "{}")}
    (written,) = [each for each in design.record.experiments if each.name == "post-a"]
    assert written.method == "POST"
    assert written.question.startswith("Is POST /a/ as fast at ")


@pytest.mark.process
@pytest.mark.parametrize("again", [False, True])
def test_every_launch_of_every_side_is_logged_in_to(again, config, monkeypatch):
    logins: list[tuple[str, str]] = []

    def log_in(login: Any, *, side: str, url: str, headers: Any, project: Any) -> list[str]:
        assert (login.at, headers["A"], url) == ("/in/", "1", f"http://{side}:80")
        logins.append((side, login.password))
        return [f"Authorization: {side} {len(logins)}", "Cookie: b=2"]

    monkeypatch.setattr(logging_in, "log_in", log_in)
    if again:
        monkeypatch.setattr(taking, "RENEWED_AFTER_SECONDS", -1.0)
    monkeypatch.setenv("SHOP_PASSWORD", "hidden")
    account = {"username": "demo", "password": {"env": "SHOP_PASSWORD"}}
    given = config(login={"url": "/in/", **account}, headers=Texts(["A: 1", "Cookie: a=1"]))
    design = compared(given, rounds=4, pairs=2)
    # Once a launch, and before every endpoint where that was too long ago.
    times = 4 * (1 + len(ENDPOINTS) * again)
    assert sorted(logins) == sorted([("base", "hidden"), ("head", "hidden")] * times)
    for plan in design.plans:
        for arm, side in zip(plan.arms, ("base", "head"), strict=True):
            assert arm.headers["Authorization"].split()[0] == side
            assert arm.headers["Cookie"] == "a=1; b=2"
    newest = {arm.headers["Authorization"] for plan in design.plans for arm in plan.arms}
    assert len(newest) == len(logins) - again * 2 * 4


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"login": {"username": "demo"}}, "has no way to log in"),
        ({"headers": Texts(["a token"])}, "a header named nothing"),
    ],
)
def test_a_login_that_is_told_wrongly_ends_it_before_anything_is_done(told, says, config):
    with pytest.raises(ConfigurationError, match=says):
        compared(config(**told))


def test_a_comparison_is_of_these_revisions_with_these_rows(config):
    given = config(
        rows=91,
        seed=6,
        start="serve {bind}",
        health="/well/",
        data="rows.sql",
        prepare=Texts(["fill"]),
        reachable=Texts(["far:1"]),
        headers=Texts(["X-Own: 1"]),
    )
    design = compared(given, pairs=2)
    (checkout,) = design.checkouts
    assert checkout["names"] == ("main", None)
    assert checkout["config"] == given
    settings = design.databases[0]["settings"]
    for name in ("start", "health", "data", "prepare", "reachable"):
        assert getattr(settings, name) == getattr(given, name)
    arms = [arm for plan in design.plans for arm in (plan.baseline, *plan.variants)]
    assert arms
    assert all(arm.headers["X-Own"] == "1" for arm in arms)
    # The stack, which runs in the project's own folder, is not brought up.
    assert design.stacks == []
    (database,) = design.databases
    assert (database["rows"], database["seed"]) == (91, 6)
    assert database["settings"].workers == given.api_workers
    assert design.record.environment.rows == 91


@pytest.mark.parametrize(("early_stop", "closed"), [(True, {0, 1}), (False, set())])
def test_a_sweep_measures_at_every_size_as_the_settings_say(
    early_stop, closed, config, monkeypatch
):
    sharing: list[int] = []
    monkeypatch.setattr(latency_mode, "stopping_alpha", lambda n: sharing.append(n) or 0.01)
    given = config(warm_up=4, budget=3.0, margin=0.03, early_stop=early_stop, api_workers=3)
    design = swept(given, sizes=(10, 20, 40))
    assert sorted(each["rows"] for each in design.databases) == [10, 20, 40]
    assert {each["seed"] for each in design.databases} == {5}
    assert {(each.warm_up, each.seconds, each.seed) for each in design.plans} == {(4, 3.0, 5)}
    assert {arm.base_url for plan in design.plans for arm in plan.arms} == {"http://127.0.0.1:8001"}
    assert [each.rows for each in design.record.sizes] == [10, 20, 40]
    assert {variant for _, variant in design.closed} == closed
    # Six comparisons, all sizes together, share the error rate, early or not.
    assert set(sharing) == {6}
    for size in design.record.sizes:
        assert {each.margin for each in size.result.comparisons} == {0.03}
        assert min(each.alpha for each in size.result.comparisons) < 0.05 / 3


@pytest.mark.parametrize("instructions", [False, True])
def test_a_bench_runs_the_selection_of_both_revisions_in_every_round(instructions, config):
    given = config(
        benchmarks=Path("speed"),
        copy=Texts(".env"),
        start="serve {bind}",
        health="/well/",
        data="rows.sql",
        prepare=Texts("fill"),
        reachable=Texts("far:1"),
        headers=Texts("X-Own: 1"),
        lock=Path("other.lock"),
        python="py",
        margin=0.3,
    )
    design = benched(given, rounds=5, select="not slow", instructions=instructions)
    sides = [side for side, *_ in design.processes]
    assert (sides.count("main"), sides.count("work")) == (5, 5)
    assert [each for each in sides if each.startswith("instructions")] == [
        f"instructions of {side}" for side in ("main", "work") if instructions
    ]
    assert {each[1:] for each in design.processes} == {(Path("speed"), "not slow")}
    assert design.checkouts[0]["config"] == given
    (benchmark,) = design.record.benchmarks
    assert (benchmark.margin, benchmark.ratio, design.record.rounds) == (0.3, 2.0, 5)
    assert benchmark.instructions == ((1000, 1000) if instructions else None)


@pytest.mark.parametrize("update", [False, True])
def test_a_check_looks_at_the_rows_of_the_settings_and_at_twice_as_many(update, config):
    given = config(snapshot=Path("kept.json"))
    design = checked(given, update=update)
    assert [(each["rows"], each["seed"]) for each in design.databases] == [(77, 5), (154, 5)]
    kept = read_snapshot(given.root / "kept.json")
    assert (kept is not None) is update
    if kept:
        assert (kept.rows, kept.seed, kept.experiments.keys()) == (77, 5, {"e"})
    assert design.record.comparison.path == Path("kept.json")


def test_a_check_is_made_at_the_rows_of_the_snapshot_unless_all_of_it_is_taken_anew(config):
    checked(config(), update=True)
    others = config(rows=33, seed=9)
    rows = {
        (update, whole): [
            (each["rows"], each["seed"])
            for each in checked(others, update=update, whole=whole).databases
        ]
        for update, whole in ((False, True), (False, False), (True, False), (True, True))
    }
    kept = [(77, 5), (154, 5)]
    assert rows == {
        (False, True): kept,
        (False, False): kept,
        (True, False): kept,
        (True, True): [(33, 9), (66, 9)],
    }


def test_an_audit_is_made_on_the_rows_of_the_settings(config):
    design = audited(config(), replace(THREE, audit="tests.designs.states_a_fact"))
    (database,) = design.databases
    assert (database["rows"], database["seed"], database["workers"]) == (77, 5, 4)
    assert [each.variant for each in design.record.variants] == ["one", "other", "third"]
    assert design.record.environment.rows == 77


POLICIES = [
    Policy(),
    Policy(budget=60.0, rounds=5, control=False, margin=0.1, benchmarks=True),
    Policy(
        paths=("/one/", "/two/"),
        benchmarks=True,
        experiments={"e": ExperimentPolicy(margin=0.4), "one": ExperimentPolicy(margin=0.5)},
    ),
]


@pytest.mark.parametrize("policy", POLICIES, ids=["default", "changed", "more"])
@pytest.mark.parametrize("runnable", [(), (THREE,)], ids=["none runs", "one runs"])
def test_a_gate_does_what_its_policy_says(policy, runnable, config, monkeypatch, tmp_path):
    told: dict[str, Any] = {}

    def stand_in(name: str, answer: Any) -> None:
        def work(*names: Any, **given: Any) -> Any:
            told[name] = {"names": names, **given}
            return answer

        monkeypatch.setattr(gating, name, work)

    stand_in("check", None)
    stand_in("compare", (samples.run(), tmp_path))
    stand_in("bench", (BENCH, tmp_path))
    for judge in ("judge_check", "judge_comparison", "judge_bench"):
        monkeypatch.setattr(gating, judge, lambda *_, **__: ())
    given = config(margin=0.03, seed=8)
    with scripted(Noted()):
        gating.gate(
            "main",
            runnable=runnable,
            declared=[THREE],
            policy=policy,
            config=given,
            note=[].append,
            say=[].append,
            write_reports=lambda *_: None,
        )
    endpoints, untimed = told["compare"]["choose"](None)
    assert ([each.path for each in endpoints], untimed) == (["/it", *policy.paths], ())
    default = policy.margin or 0.03
    assert told["compare"]["margins"] == {
        name: own.margin for name, own in policy.experiments.items()
    }
    assert (told["compare"]["names"], told["compare"]["rounds"]) == (("main", None), policy.rounds)
    budget = policy.budget / len(endpoints)
    expected = replace(given, budget=budget, margin=default, control=policy.control)
    assert told["compare"]["config"] == expected
    assert ("check" in told, "bench" in told) == (bool(runnable), policy.benchmarks)
    if policy.benchmarks:
        assert told["bench"]["config"] == replace(given, margin=default)
        assert told["bench"]["rounds"] == policy.rounds
        assert not told["bench"]["instructions"]
    if runnable:
        assert (told["check"]["names"], told["check"]["whole"]) == ((runnable,), True)
        assert (told["check"]["update"], told["check"]["config"]) == (False, given)
