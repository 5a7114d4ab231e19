"""How the parts of a run go together, in runs that only note what they ask for."""

from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from headtohead.analysis.results import Verdict
from headtohead.check import equal_answers
from headtohead.check.equal_answers import Preflight
from headtohead.experiment import SERVICES, Experiment, Server
from headtohead.load.messages.distributed import WorkerLost
from headtohead.modes.latency import mode as latency_mode
from headtohead.records.run import Run
from headtohead.run import metrics_exporter, run_experiments
from headtohead.stack.target import Target
from headtohead.validity import comparison, generator, host
from tests.run import scripted
from tests.run.scripted import THREE, answered, run_noted

OTHER = replace(THREE, name="f")


def verdicts(record: Run) -> set[Verdict]:
    return {each.verdict for result in record.experiments for each in result.comparisons}


@pytest.mark.parametrize("needs", [(), SERVICES[:1], SERVICES])
def test_the_services_that_experiments_need_are_started(needs, tmp_path):
    noted = run_noted(THREE, replace(OTHER, needs=needs), folder=tmp_path)
    assert [each.services for each in noted.stacks] == [needs]


def test_a_control_is_of_another_server_like_the_baselines_where_it_has_its_own(
    tmp_path, monkeypatch
):
    """Other experiments and comparisons start no second one."""
    asked_twice = []

    @contextmanager
    def served(experiment: Experiment, *, target: Target, twice: bool = False, **_: Any) -> Any:
        asked_twice.append(twice)
        urls = {experiment.identity(each): f"http://{each.name}" for each in declared.all_variants}
        yield replace(target, own_urls=urls, second_url="http://second" if twice else None)

    declared = replace(THREE, server=Server())
    for module in (equal_answers, run_experiments):
        monkeypatch.setattr(module, "served", served)
    noted = run_noted(declared, folder=tmp_path, control=True)
    control, measured = noted.plans
    assert [each.base_url for each in control.arms] == ["http://one", "http://second"]
    assert [each.base_url for each in measured.arms] == [
        f"http://{each.name}" for each in declared.all_variants
    ]
    # The preflight, the control and the experiment.
    assert asked_twice == [False, True, False]


@pytest.mark.parametrize(("against_itself", "comparisons"), [(False, [4, 4]), (True, [2, 2])])
def test_comparisons_that_may_stop_early_share_the_alpha_of_the_run(
    against_itself, comparisons, tmp_path, monkeypatch
):
    """The control, which makes no claim, does not count among them."""
    shared = []

    def rate(number: int) -> float:
        shared.append(number)
        return 0.01

    monkeypatch.setattr(latency_mode, "stopping_alpha", rate)
    run_noted(THREE, OTHER, folder=tmp_path, control=True, against_itself=against_itself)
    assert sorted(set(shared)) == sorted({1, *comparisons})


@pytest.mark.parametrize("fastest", ["e", "f"])
def test_the_control_is_of_the_experiment_whose_baseline_is_the_fastest(
    fastest, tmp_path, monkeypatch
):
    def timed(asked: Experiment, **_: Any) -> Preflight:
        preflight = answered(asked)
        ms = 1.0 if asked.name == fastest else 9.0
        answers = {
            name: replace(each, timing=replace(each.timing, total_ms=ms))
            for name, each in preflight.answers.items()
        }
        return replace(preflight, answers=answers)

    monkeypatch.setattr(scripted, "answered", timed)
    noted = run_noted(THREE, OTHER, folder=tmp_path, control=True)
    assert noted.plans[0].baseline.identity == f"{fastest}/one"
    assert [plan.baseline.identity for plan in noted.plans[1:]] == ["e/one", "f/one"]
    assert noted.record.control.name == fastest


@pytest.mark.parametrize("mode", ["latency", "throughput", "open"])
def test_a_control_that_fails_speaks_against_every_experiment_of_any_mode(
    mode, tmp_path, monkeypatch
):
    against = comparison.control_failed(experiment="e", ratio=1.2)
    monkeypatch.setattr(run_experiments, "control_caveats", lambda _: iter([against]))
    given = {"mode": mode, "folder": tmp_path}
    without = run_noted(THREE, OTHER, **given).record
    assert all(against not in each.caveats for each in without.experiments)
    record = run_noted(THREE, OTHER, control=True, **given).record
    assert all(against in each.caveats for each in record.experiments)
    assert verdicts(record) == {Verdict.INVALID}


@pytest.mark.parametrize("mode", ["latency", "throughput", "open"])
def test_what_invalidates_once_all_is_measured_leaves_no_verdict(mode, tmp_path, monkeypatch):
    busy = host.busy_machine(share=0.9, invalidates=True)
    monkeypatch.setattr(host, "machine_caveats", lambda _: [busy])
    record = run_noted(folder=tmp_path, mode=mode).record
    assert verdicts(record) == {Verdict.INVALID}


@pytest.mark.parametrize("early_stop", [True, False])
def test_a_control_stops_early_only_where_a_run_may(tmp_path, early_stop):
    record = run_noted(folder=tmp_path, control=True, early_stop=early_stop).record
    (control,) = record.control.comparisons
    # The wider interval is that of a comparison that is looked at while it is measured.
    assert (control.anytime_ci95 is not None) is early_stop


def test_an_invalid_control_that_differs_controls_nothing(tmp_path, monkeypatch):
    busy = host.busy_machine(share=0.9, invalidates=True)
    monkeypatch.setattr(host, "machine_caveats", lambda _: [busy])
    monkeypatch.setattr(scripted, "differs_from_itself", 1.5)
    record = run_noted(folder=tmp_path, control=True).record
    assert record.control.comparisons[0].ratio == pytest.approx(1.5, rel=0.01)
    codes = {each.code for each in record.experiments[0].caveats}
    assert "no-control" in codes
    assert "control-failed" not in codes


def test_a_run_that_lost_a_worker_measures_no_more_and_is_not_complete(tmp_path):
    lost = WorkerLost(worker=0, host="there", reason="it went")
    noted = run_noted(*(THREE, OTHER), folder=tmp_path, mode="throughput", workers=2, lost=lost)
    assert [plan.arms[0].identity for plan in noted.plans] == ["e/one"]
    assert [each.name for each in noted.record.experiments] == ["e"]
    told = generator.worker_lost(worker=1, host="there", reason="it went")
    assert told in noted.record.experiments[0].caveats
    assert not noted.record.complete
    whole = run_noted(THREE, OTHER, folder=tmp_path, mode="throughput", workers=2)
    assert whole.record.complete
    assert [each.name for each in whole.record.experiments] == ["e", "f"]


def test_metrics_are_told_of_every_experiment_and_of_its_final_verdicts(tmp_path, monkeypatch):
    told: list[tuple[str, str]] = []

    def note(what: str) -> Any:
        return lambda _, about, **__: told.append((what, getattr(about, "name", "")))

    for what in ("begin", "end", "judged"):
        monkeypatch.setattr(metrics_exporter.RunMetrics, what, note(what))
    run_noted(THREE, OTHER, folder=tmp_path, metrics_port=333)
    measured = [(what, name) for name in ("e", "f") for what in ("begin", "end")]
    assert told == [*measured, ("judged", "e"), ("judged", "f")]
