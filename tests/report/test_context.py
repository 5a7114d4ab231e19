from dataclasses import replace

from headtohead.measurement import GitState, Verdict
from headtohead.report import context
from tests.report import samples


def test_every_verdict_is_explained() -> None:
    explained = [verdict for verdicts, _ in context.VERDICT_MEANINGS for verdict in verdicts]
    assert sorted(explained) == sorted(Verdict)


def test_the_margins_of_the_run_are_named_once_each() -> None:
    faster, slower = samples.ten_times_faster(), samples.slower()
    (comparison,) = slower.comparisons
    wider = replace(slower, comparisons=(replace(comparison, margin=0.05),))
    assert "within 2 % or 5 % do not matter" in context.how_to_read(
        samples.run(faster, samples.no_difference(), wider)
    )


def test_the_environment_fits_one_line() -> None:
    assert context.environment_line(samples.run()) == (
        "AMD EPYC 7B13, 2 cores, Python 3.11.9, 20,000 rows, load 0.31 → 1.12"
    )


def test_the_revision_says_when_it_was_changed_or_unknown() -> None:
    assert context.revision(samples.run()) == "8f14e45fceea with uncommitted changes"
    clean = samples.run(git=GitState(commit="8f14e45fceea167a", dirty=False))
    assert context.revision(clean) == "8f14e45fceea"
    assert "outside" in context.revision(samples.run(git=GitState(commit=None, dirty=False)))
