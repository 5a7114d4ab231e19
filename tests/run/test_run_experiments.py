"""Whole runs against a server of known behaviour, in this process."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from headtohead.analysis.results import Verdict
from headtohead.config import Config
from headtohead.experiment import Experiment
from headtohead.modes.mode import Progress
from headtohead.records.results import ExperimentResult
from headtohead.records.run import Run, read_record
from headtohead.run.run_experiments import run
from tests.check.test_equal_answers import experiment

WARM_UP = 5
ANSWERS_OF_A_PREFLIGHT = 4


class Witness:
    """Remembers what a run tells."""

    def __init__(self) -> None:
        self.ended: list[ExperimentResult] = []

    def note(self, text: str) -> None:
        pass

    def begin(self, experiment: Experiment) -> None:
        pass

    def update(self, progress: Progress) -> None:
        pass

    def end(self, result: ExperimentResult) -> None:
        self.ended.append(result)


def recorded(
    experiments: Sequence[Experiment], *, url: str, folder: Path, **settings: object
) -> Run:
    config = Config(root=folder, url=url, token="secret", warm_up=WARM_UP, **settings)
    record, _ = run(experiments, config=config, observer=Witness(), write_reports=lambda *_: None)
    assert read_record(folder / "results" / "latest") == record
    return record


def test_a_run_records_how_generator_and_machine_fared(variants_server, tmp_path):
    record = recorded(
        [experiment("/slow-baseline")], url=variants_server, folder=tmp_path, budget=1.0
    )
    (result,) = record.experiments
    assert 0 < result.generator.cpu_share < 1
    assert result.generator.lag_max_ms >= result.generator.lag_p99_ms >= 0
    assert 0 <= result.machine.steal <= 1
    assert result.machine.others is None  # nobody knows which processes serve a URL
    assert record.control is None


def test_comparisons_of_a_run_share_the_alpha(variants_server, tmp_path):
    path = "/slow-baseline"
    both = [experiment(path), replace(experiment(path), name="f")]
    record = recorded(both, url=variants_server, folder=tmp_path, budget=1.0)
    rates = [comparison.alpha for result in record.experiments for comparison in result.comparisons]
    assert min(rates) == 0.025


@pytest.mark.nightly
def test_a_control_that_finds_nothing_is_recorded_and_says_nothing(variants_server, tmp_path):
    record = recorded(
        [experiment("/slow-baseline")],
        url=variants_server,
        folder=tmp_path,
        control=True,
        budget=4.0,
    )
    assert record.control.comparisons[0].verdict not in {Verdict.FASTER, Verdict.SLOWER}
    assert record.control.comparisons[0].seconds < 0.25 * 4.0 + 0.5
    assert "control-failed" not in {caveat.code for caveat in record.experiments[0].caveats}


def test_a_control_that_finds_a_difference_invalidates_every_experiment(variants_server, tmp_path):
    """The server foresees the coin, so that it can tell one arm from the other."""
    pairs_begin = 2 * ANSWERS_OF_A_PREFLIGHT + 2 * WARM_UP + 1
    record = recorded(
        [
            experiment(f"/foretold?seed=1&from={pairs_begin}"),
            replace(experiment("/slow-baseline"), name="f"),
        ],
        url=variants_server,
        folder=tmp_path,
        control=True,
        budget=6.0,
    )
    assert record.control.comparisons[0].verdict is Verdict.SLOWER
    for result in record.experiments:
        assert "control-failed" in {caveat.code for caveat in result.caveats}
        assert result.comparisons[0].verdict is Verdict.INVALID


STROLL = """
import os
from locust import FastHttpUser, constant, task

class Visitor(FastHttpUser):
    wait_time = constant(0.01)
    taken = 0

    @task
    def look(self):
        type(self).taken += 1
        if self.taken == {ends_after}:
            os._exit(1)
        self.client.get("/equal", headers={{"Baggage": "h2h.experiment=e,h2h.variant=one"}})
"""


@pytest.mark.parametrize(("ends_after", "codes"), [(0, set()), (10, {"background-lost"})])
def test_what_runs_beside_is_recorded_and_its_end_invalidates(
    ends_after, codes, variants_server, tmp_path, monkeypatch
):
    package = f"beside_{tmp_path.name}".replace("-", "_")
    (tmp_path / package).mkdir()
    (tmp_path / package / "stroll.py").write_text(STROLL.format(ends_after=ends_after))
    monkeypatch.syspath_prepend(tmp_path)
    record = recorded(
        [experiment("/slow-baseline")],
        url=variants_server,
        folder=tmp_path,
        budget=2.0,
        early_stop=False,
        background="stroll:2",
        scenarios=package,
    )
    (result,) = record.experiments
    assert (result.background.scenario, result.background.users) == ("stroll", 2)
    assert (result.background.requests > 0) is not bool(codes)
    assert {each.code for each in result.caveats if "background" in each.code} == codes
    if codes:
        assert not result.valid
