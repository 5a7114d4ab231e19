"""Every caveat does to a measurement what it is declared to do, wherever that is shown."""

import re
from collections.abc import Callable
from dataclasses import replace
from inspect import getfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from headtohead import validity
from headtohead.analysis.growth import Trend
from headtohead.analysis.results import Verdict
from headtohead.ci.gate import junit
from headtohead.ci.gate.judge_findings import judge_comparison
from headtohead.ci.gate.judgement import Gate
from headtohead.ci.gate.policy import Policy, Response
from headtohead.cli import app
from headtohead.errors import ExitCode
from headtohead.publish.rows import rows_of
from headtohead.records.comparison import Mode
from headtohead.records.results import Caveat
from headtohead.records.run import Run
from headtohead.report.document import Table
from headtohead.sweep.report import brief
from headtohead.validity.rule import declared_caveats
from tests.conftest import ROOT
from tests.every_caveat import EVERY_CAVEAT
from tests.report import rendering, samples
from tests.report.everything import caveats
from tests.sweep import factories

# Whether a measurement with it must not be used; both where that depends on how much was seen.
INVALIDATES = {
    "background-errors": {False, True},
    "background-lost": {True},
    "bodies-differ": {False},
    "bodies-vary": {False},
    "body-changed": {True},
    "busy-machine": {False, True},
    "carry-over": {False},
    "client-bound": {False},
    "clock-stepped": {True},
    "coarse-blocks": {False},
    "control-failed": {True},
    "generator-saturated": {True},
    "held-up": {True},
    "long-requests": {False},
    "no-control": {False},
    "overloaded": {False},
    "rate-missed": {True},
    "request-errors": {True},
    "requests-outlast-blocks": {True},
    "samples-missing": {True},
    "server-restarted": {True},
    "single-core": {False},
    "stolen-cores": {False, True},
    "too-few-launches": {True},
    "too-few-pairs": {True},
    "too-few-rounds": {True},
    "unsent-work": {False},
    "variant-not-applied": {True},
    "worker-lost": {True},
}
COMMANDS = {
    "run": ("run product-list", "headtohead.run.run_experiments.run"),
    "aa": ("aa product-list", "headtohead.run.run_experiments.run"),
    "compare": ("compare main --path /", "headtohead.compare.compare_revisions.compare"),
    "sweep": ("sweep product-search", "headtohead.sweep.sweep_sizes.sweep"),
}


def with_caveats(*found: Caveat) -> Run:
    """A run with the same caveats on an experiment of every mode."""
    experiments = samples.slower(), samples.under_load(), samples.open_model()
    assert {each.mode for each in experiments} == set(Mode)
    return samples.run(*(replace(each, caveats=found) for each in experiments))


def in_terminal(run: Run) -> list[str]:
    """Of the table that a wide terminal has."""
    _, header, _, *lines = rendering.in_terminal(run, width=400).splitlines()
    column = slice(header.index("verdict"), header.index("queries"))
    rows = lines[: lines.index("")]
    # A long reason goes on in further lines, which have no other cell.
    return [line[column].strip() for line in rows if line[column].strip()]


def in_markdown(run: Run) -> list[str]:
    return re.findall(r"\*\*([a-z ,]+)\*\* \|", rendering.in_markdown(run))


def in_html(run: Run) -> list[str]:
    """Of the tables of comparisons."""
    return re.findall(r'<td><strong class="verdict [a-z-]+">([a-z ,]+)<', rendering.in_html(run))


def published(run: Run) -> list[str]:
    return [str(row["verdict"]) for row in rows_of(run)["comparisons"]]


def swept(run: Run) -> list[str]:
    """Of the size that has the same caveats, where they make the growth of the whole invalid."""
    *others, last = factories.sizes()
    spoiled = replace(last.result, caveats=run.experiments[0].caveats)
    record = factories.sweep([*others, replace(last, result=spoiled)])
    assert {growth.trend is Trend.INVALID for growth in record.growth} == {not run.valid}
    assert record.valid is run.valid
    sizes = [each for each in brief(record).parts if isinstance(each, Table)][-1]
    column = [each.title for each in sizes.columns].index("Verdict")
    _, found = (row for row in sizes.rows if row[0].text == f"{last.rows:,}")
    return [found[column].text]


SHOWN: dict[str, Callable[[Run], list[str]]] = {
    "terminal": in_terminal,
    "markdown": in_markdown,
    "html": in_html,
    "published rows": published,
    "sweep": swept,
}


def judged(run: Run) -> Gate:
    found = judge_comparison(run, endpoints={}, policy=Policy())
    return Gate(run_id=run.run_id, base="main", judgements=tuple(found))


def one_of_each(*, invalidating: bool) -> list[Caveat]:
    """One caveat for each code that can do that."""
    return list({each.code: each for each in caveats(invalidating=invalidating)}.values())


def codes(each: Caveat) -> str:
    return each.code


def test_every_code_is_declared_to_invalidate_or_not() -> None:
    found: dict[str, set[bool]] = {}
    for _, caveat in EVERY_CAVEAT:
        found.setdefault(caveat.code, set()).add(caveat.invalidates)
    assert found == INVALIDATES, "say above whether a caveat that is new invalidates"


def test_every_caveat_is_found_out_somewhere() -> None:
    """A rule that no other module asks would never be stated."""
    root = Path(validity.__file__).parents[1]
    sources = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    for rule in declared_caveats():
        own = Path(getfile(rule.state))
        name = re.compile(rf"\b{rule.state.__name__}\b")
        uses = [path for path, text in sources.items() if path != own and name.search(text)]
        calls = len(name.findall(sources[own])) - 1
        assert uses or calls, f"nobody states {rule.code}"


def test_what_a_rule_says_of_its_weight_is_what_it_states() -> None:
    for rule in declared_caveats():
        weights = {
            caveat.invalidates for name, caveat in EVERY_CAVEAT if name == rule.state.__name__
        }
        said = {True: rule.invalidates_when, False: rule.weakens_when}
        assert weights == {weight for weight, when in said.items() if when}, rule.code


@pytest.mark.parametrize("caveat", one_of_each(invalidating=True), ids=codes)
def test_what_invalidates_leaves_no_verdict_anywhere(caveat: Caveat) -> None:
    run = with_caveats(caveat)
    assert not any(each.valid for each in run.experiments)
    assert not run.valid
    shown = {name: set(verdicts(run)) for name, verdicts in SHOWN.items()}
    assert shown == {name: {Verdict.INVALID} for name in SHOWN}
    assert rows_of(run)["runs"][0]["valid"] is False
    gate = judged(run)
    assert (gate.result, gate.exit_code) == ("invalid", ExitCode.INVALID_MEASUREMENT)
    assert [each.measured for each in gate.judgements] == [None] * len(gate.judgements)
    cases = ET.fromstring(junit.render(gate)).iter("testcase")  # noqa: S314 (made here)
    assert {child.tag for case in cases for child in case} == {"error"}


@pytest.mark.parametrize("caveat", one_of_each(invalidating=False), ids=codes)
def test_what_weakens_leaves_every_verdict_as_it_was(caveat: Caveat) -> None:
    run, sound = with_caveats(caveat), with_caveats()
    assert run.valid
    assert {name: verdicts(run) for name, verdicts in SHOWN.items()} == {
        name: verdicts(sound) for name, verdicts in SHOWN.items()
    }
    assert rows_of(run)["runs"][0]["valid"] is True
    assert judged(run).exit_code == judged(sound).exit_code


def test_one_invalid_experiment_makes_the_run_invalid_and_leaves_the_others_their_verdicts() -> (
    None
):
    spoiled = replace(samples.slower(), caveats=tuple(one_of_each(invalidating=True)))
    run = samples.run(spoiled, samples.ten_times_faster())
    assert not run.valid
    for name in SHOWN.keys() - {"sweep"}:
        assert SHOWN[name](run) == [Verdict.INVALID, Verdict.FASTER]
    assert {row["experiment"] for row in rows_of(run)["caveats"]} == {spoiled.name}
    assert {each.experiment for each in judged(run).those(Response.FAIL)} == {spoiled.name}


@pytest.mark.parametrize("caveat", [each for _, each in EVERY_CAVEAT], ids=codes)
def test_every_report_tells_it_with_its_advice(caveat: Caveat) -> None:
    run = samples.run(replace(samples.slower(), caveats=(caveat,)))
    label = "invalid" if caveat.invalidates else "caveat"
    told = [
        " ".join(rendering.in_terminal(run, width=80).split()),
        " ".join(rendering.in_markdown(run).replace("\\", "").replace("**", "").split()).lower(),
    ]
    assert f"{label} order-history: {caveat.message} {caveat.advice}" in told[0]
    assert f"{label}, order-history: {caveat.message} {caveat.advice}".lower() in told[1]
    (row,) = rows_of(run)["caveats"]
    assert row["code"] == caveat.code


@pytest.mark.parametrize("invalidating", [False, True], ids=["weakened", "invalid"])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_exit_code_tells_the_shell(
    command: str, invalidating: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = one_of_each(invalidating=invalidating)[:1]
    record: object = samples.run(replace(samples.no_difference(), caveats=tuple(found)))
    if command == "sweep":
        first, *others = factories.sizes()
        spoiled = replace(first, result=replace(first.result, caveats=tuple(found)))
        record = factories.sweep([spoiled, *others])
    line, measures = COMMANDS[command]
    monkeypatch.setattr(measures, lambda *_, **__: (record, tmp_path / "run"))
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(app, line.split())
    assert done.exit_code == (ExitCode.INVALID_MEASUREMENT if invalidating else ExitCode.OK), (
        done.output
    )
