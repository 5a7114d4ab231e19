"""From records of comparisons to lines, by the command, in a real repository."""

import subprocess
from dataclasses import replace

import pytest

from headtohead.ci.history.history_file import read_history
from headtohead.records.provenance import ComparedRevision
from headtohead.records.run import Revisions, Run, write_record
from headtohead.validity import sample_size
from tests.conftest import Project
from tests.report import samples

pytestmark = pytest.mark.process


@pytest.fixture
def repository(tmp_path):
    """A project of three commits, and their hashes."""

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        finished = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
        return finished.stdout.strip()

    (tmp_path / "pyproject.toml").write_text("[tool.headtohead]\n")
    git("init", "--quiet")
    git("add", "--all")
    hashes = []
    for number in range(3):
        git("commit", "--quiet", "--allow-empty", "--message", f"Commit {number}")
        hashes.append(git("rev-parse", "HEAD"))
    return Project(root=tmp_path), hashes


def record(base: str, head: str, *, run_id: str = "run-1", changed: bool = False, **changes) -> Run:
    revisions = Revisions(
        base=ComparedRevision(name="v1", commit=base, changed=False),
        head=ComparedRevision(name="main", commit=head, changed=changed),
        rounds=8,
        alpha=0.005,
    )
    run = samples.run(samples.slower(), samples.no_difference(), revisions=revisions)
    return replace(run, run_id=run_id, **changes)


def add(project: Project, run: Run, *flags: str):
    folder = project.root / "results" / run.run_id
    folder.mkdir(parents=True, exist_ok=True)
    write_record(run, folder)
    return project.h2h("history", "add", str(folder), *flags)


def refused(completed) -> str:
    (line,) = completed.stderr.strip().splitlines()
    return line.removeprefix("h2h: ")


def test_a_comparison_becomes_a_line_for_each_endpoint_once(repository):
    project, (anchor, commit, _) = repository
    completed = add(project, record(anchor, commit))
    assert completed.stdout == "Added 2 lines to history.jsonl.\n", completed.stderr
    assert add(project, record(anchor, commit)).stdout == "Added 0 lines to history.jsonl.\n"
    entries = read_history(project.root / "history.jsonl").entries
    assert [each.subject for each in entries] == ["order-history", "brand-list"]
    assert {(each.anchor, each.commit) for each in entries} == {(anchor, commit)}
    assert {each.ancestors for each in entries} == {2}
    shown = project.json("history", "show")
    assert [each["subject"] for each in shown["series"]] == ["brand-list", "order-history"]
    assert shown["damaged"] == []


def test_another_anchor_is_another_history(repository):
    project, (anchor, commit, newest) = repository
    add(project, record(anchor, commit))
    completed = add(project, record(commit, newest, run_id="run-2"))
    assert completed.returncode == 2
    assert f"compares with {anchor[:12]}, and run run-2 with {commit[:12]}" in refused(completed)
    other = str(project.root / "other.jsonl")
    assert add(project, record(commit, newest, run_id="run-2"), "--file", other).returncode == 0
    assert len(read_history(project.root / "history.jsonl").entries) == 2


def test_what_no_commit_holds_is_refused(repository):
    project, (anchor, commit, _) = repository
    completed = add(project, record(anchor, commit, changed=True))
    assert completed.returncode == 2
    assert "measured uncommitted changes" in refused(completed)
    assert not (project.root / "history.jsonl").exists()


def test_a_run_of_variants_is_refused(repository):
    project, _ = repository
    completed = add(project, samples.run(samples.slower()))
    assert completed.returncode == 2
    assert "compares variants, not revisions" in refused(completed)


def test_a_comparison_that_does_not_count_is_refused(repository):
    project, (anchor, commit, _) = repository
    found = (sample_size.too_few_launches(launches=2, needed=4),)
    invalid = replace(samples.slower(), caveats=found)
    completed = add(project, record(anchor, commit, experiments=(invalid,)))
    assert completed.returncode == 3
    assert "run run-1 is invalid" in refused(completed)


def test_a_damaged_line_is_told_and_the_others_are_shown(repository):
    project, (anchor, commit, _) = repository
    add(project, record(anchor, commit))
    path = project.root / "history.jsonl"
    path.write_text(path.read_text().replace("order-history", "order-hystory"))
    completed = project.h2h("history", "show", "brand-list", "--page", "history.html")
    assert completed.returncode == 0
    assert completed.stderr.startswith("history.jsonl, line 1: its checksum differs;")
    assert "brand-list: latency over that of" in completed.stdout
    assert "its checksum differs" in (project.root / "history.html").read_text()


def test_an_endpoint_that_is_not_there_is_named_beside_those_that_are(repository):
    project, (anchor, commit, _) = repository
    add(project, record(anchor, commit))
    completed = project.h2h("history", "changes", "nothing")
    assert completed.returncode == 2
    assert refused(completed) == (
        "the history has no endpoint 'nothing'; known: brand-list, order-history"
    )


def test_changes_are_told_by_commit(repository):
    project, (anchor, commit, _) = repository
    for number in range(12):
        run = record(anchor, commit, run_id=f"run-{number}")
        (experiment, _) = run.experiments
        ratio = (1.0 if number < 6 else 1.3) * (1 + 0.001 * (number % 3))
        comparison = replace(
            experiment.comparisons[0], ratio=ratio, ci95=(ratio * 0.99, ratio * 1.01)
        )
        started = run.started_at.replace(day=number + 1)
        add(
            project,
            replace(
                run,
                started_at=started,
                experiments=(replace(experiment, comparisons=(comparison,)),),
            ),
        )
    (series,) = project.json("history", "changes")["changes"]
    (change,) = series["changes"]
    assert (change["index"], change["commit"]) == (6, commit)
    assert change["step"] == pytest.approx(1.3, rel=0.01)
    assert "30 % slower from commit" in project.h2h("history", "changes").stdout
