"""The scripted shop, and what is made of judgements about it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from benchmarks.found import Effect, Found
from benchmarks.proof.commits import COMMITS, PATHS, Planted
from benchmarks.proof.markdown import render
from benchmarks.proof.record import Judged, Record
from benchmarks.proof.repository import write_repository
from benchmarks.storing import read_record, write_record
from headtohead.records.provenance import GitState
from tests.report.samples import run

PLANTED = Planted(path="/report/", effect=Effect.SLOWER, cause="more work")
GAIN = replace(PLANTED, effect=Effect.FASTER)


def found(path: str = "/report/", verdict: str = "slower", **changes) -> Found:
    given = {"ratio": 1.05, "ci95": (1.04, 1.06), "queries": (1.0, 1.0), **changes}
    return Found(path=path, verdict=verdict, **given)


def judged(*claims: Found, planted: Planted | None = PLANTED, exit_code: int = 1) -> Judged:
    return Judged(
        number=1,
        commit="0" * 40,
        message="Change it",
        planted=planted,
        seconds=60.0,
        exit_code=exit_code,
        caveats=(),
        found=claims,
    )


def record(*commits: Judged) -> Record:
    return Record(
        started_at=datetime(2026, 11, 27, tzinfo=UTC),
        seconds=600.0,
        git=GitState(commit="1" * 40, dirty=False),
        environment=run().environment,
        commits=commits,
    )


def test_three_commits_make_it_slower_two_faster_and_twenty_five_neither():
    effects = [commit.planted.effect if commit.planted else None for commit in COMMITS]
    assert [effects.count(each) for each in (Effect.SLOWER, Effect.FASTER, None)] == [3, 2, 25]
    assert {commit.planted.path for commit in COMMITS if commit.planted} == set(PATHS)


@pytest.mark.process
def test_every_commit_fits_and_is_the_same_wherever_it_is_made(tmp_path):
    first = write_repository(tmp_path / "one", COMMITS)
    assert len(set(first)) == len(COMMITS) + 1
    assert write_repository(tmp_path / "two", COMMITS) == first
    for path in (tmp_path / "one").rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), path.name, "exec")


@pytest.mark.process
def test_an_edit_that_does_not_fit_is_refused(tmp_path):
    (edit,) = COMMITS[0].edits
    misfit = replace(COMMITS[0], edits=(replace(edit, old="what nobody wrote"),))
    with pytest.raises(ValueError, match="README.md has 0 times 'what nobody wrote'"):
        write_repository(tmp_path / "shop", [misfit])


@pytest.mark.parametrize(
    ("claims", "planted", "exit_code", "right"),
    [
        ([found()], PLANTED, 1, True),
        ([found()], PLANTED, 0, False),
        ([found(verdict="slower, size unresolved")], PLANTED, 1, True),
        ([found(verdict="faster")], PLANTED, 1, False),
        ([found(verdict="inconclusive")], PLANTED, 0, False),
        ([found(), found(path="/products/")], PLANTED, 1, False),
        ([found(path="/products/")], PLANTED, 1, False),
        ([found(verdict="faster")], GAIN, 0, True),
        ([found(verdict="faster")], GAIN, 1, False),
        ([found(verdict="no difference")], None, 0, True),
        ([found(verdict="no difference")], None, 3, False),
        ([found()], None, 1, False),
    ],
)
def test_a_commit_is_judged_rightly_where_what_was_planted_is_claimed_and_no_more(
    claims, planted, exit_code, right
):
    assert judged(*claims, planted=planted, exit_code=exit_code).right is right


def test_the_page_counts_what_was_found_and_marks_what_is_wrong():
    commits = (
        judged(found(queries=(1.0, 26.0)), found(path="/products/", verdict="inconclusive")),
        judged(found(path="/products/"), planted=None, exit_code=0),
    )
    page = render(record(*commits))
    assert "1 of 2 commits are judged rightly: 1 of 1 planted differences found" in page
    assert "1 false claims about 2 unchanged endpoints" in page
    assert "`/report/` slower, 1.050 [1.040, 1.060], 1 → 26 queries | failed |" in page
    assert page.count("**(wrong)**") == 1


def test_a_record_comes_back_as_it_was_written(tmp_path):
    written = record(judged(found()))
    write_record(written, tmp_path)
    assert read_record(tmp_path, Record) == written
