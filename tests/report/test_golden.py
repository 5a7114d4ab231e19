"""The words of every report of a run, in one file for each renderer."""

from dataclasses import replace

import pytest

from headtohead.analysis.results import Metric, Verdict
from headtohead.records.comparison import Mode
from headtohead.records.explained import Explained
from headtohead.records.results import ExperimentResult
from headtohead.records.run import Run, read_record
from headtohead.report.findings import Finding, findings
from tests.conftest import ROOT
from tests.golden import Golden, readable, sections
from tests.report import samples
from tests.report.everything import RUNS, everything, explained
from tests.report.rendering import in_html, in_markdown, in_terminal


@pytest.fixture(scope="module")
def reference_run() -> Run:
    return read_record(ROOT / "docs" / "reference-run")


def test_the_runs_hold_everything_that_can_be_said() -> None:
    told = [each for run in RUNS.values() for each in findings(run())]
    assert {each.verdict for each in told} == set(Verdict)
    assert {each.metric for each in told} == set(Metric)
    assert {each.experiment.mode for each in told} == set(Mode)
    assert {each.experiment.mode for each in told if not each.usable} >= {
        Mode.LATENCY,
        Mode.THROUGHPUT,
    }


def test_sentences(golden: Golden) -> None:
    """Of every metric and mode with every verdict: under load more is better."""
    told = {
        name: "\n".join(each.sentence for each in every_verdict(experiment()))
        for name, experiment in {
            "paired": samples.slower,
            "under load": samples.under_load,
            "open model": samples.open_model,
            "too short": samples.unbounded,
        }.items()
    }
    golden("sentences.txt", sections(**told))


def every_verdict(experiment: ExperimentResult) -> tuple[Finding, ...]:
    comparisons = tuple(
        replace(each, verdict=verdict) for each in experiment.comparisons for verdict in Verdict
    )
    return findings(samples.run(replace(experiment, comparisons=comparisons)))


def test_terminal(golden: Golden) -> None:
    wide = {name: in_terminal(run(), width=240) for name, run in RUNS.items()}
    narrow = in_terminal(everything(), width=80)
    golden("report.txt", sections(**wide, everything_in_80_columns=narrow))


def test_terminal_in_colour(golden: Golden) -> None:
    golden("report.colour.txt", in_terminal(everything(), width=240, colour=True))


def test_markdown(golden: Golden) -> None:
    golden("report.md", "\n".join(in_markdown(run()) for run in RUNS.values()))


@pytest.mark.parametrize(
    ("name", "why"), [("everything", explained()), ("compared", None), ("elsewhere", None)]
)
def test_html(golden: Golden, name: str, why: Explained | None) -> None:
    golden(f"{name}.html", readable(in_html(RUNS[name](), explained=why)))


def test_the_reference_run_on_a_terminal(golden: Golden, reference_run: Run) -> None:
    golden("reference-run.txt", in_terminal(reference_run, width=200))


def test_the_reference_run_as_markdown(golden: Golden, reference_run: Run) -> None:
    golden("reference-run.md", in_markdown(reference_run))


def test_the_reference_run_as_html(golden: Golden, reference_run: Run) -> None:
    golden("reference-run.html", readable(in_html(reference_run), pictures=False))
