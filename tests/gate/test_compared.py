from dataclasses import replace

import pytest

from headtohead import caveats
from headtohead.gate.compared import judge_comparison
from headtohead.gate.policy import Kind, Policy
from headtohead.measurement import ComparedRevision, Revisions, Run, UntimedEndpoint, Verdict
from tests.report import samples

PATH = "/products/"
SIDE = ComparedRevision(name="main", commit="1" * 40, changed=False)


def record(verdict: Verdict | None, *untimed: UntimedEndpoint, found=()) -> Run:
    experiments = ()
    if verdict:
        (comparison,) = samples.slower().comparisons
        experiments = (
            replace(
                samples.slower(),
                name="products",
                caveats=found,
                comparisons=(replace(comparison, verdict=verdict),),
            ),
        )
    revisions = Revisions(base=SIDE, head=SIDE, rounds=8, error_rate=0.005, untimed=untimed)
    return samples.run(*experiments, revisions=revisions)


def kinds(run: Run) -> list[Kind]:
    found = judge_comparison(run, endpoints={"products": PATH}, policy=Policy())
    return [each.kind for each in found]


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (Verdict.SLOWER, Kind.SLOWER),
        (Verdict.SLOWER_SIZE_UNRESOLVED, Kind.UNRESOLVED),
        (Verdict.INCONCLUSIVE, Kind.INCONCLUSIVE),
        (Verdict.NO_DIFFERENCE, Kind.PASSED),
        (Verdict.FASTER, Kind.FASTER),
        (Verdict.FASTER_SIZE_UNRESOLVED, Kind.FASTER),
    ],
)
def test_a_verdict_is_judged_as_what_it_is(verdict, kind):
    assert kinds(record(verdict)) == [kind]


def test_a_measurement_that_does_not_count_is_invalid_and_shows_no_figure():
    run = record(Verdict.SLOWER, found=(caveats.too_few_pairs(pairs=1, needed=100),))
    (judgement,) = judge_comparison(run, endpoints={"products": PATH}, policy=Policy())
    assert judgement.kind is Kind.INVALID
    assert judgement.measured is None


def test_other_answers_are_told_beside_the_verdict():
    run = record(Verdict.NO_DIFFERENCE, found=(caveats.bodies_differ(where="$.count"),))
    assert kinds(run) == [Kind.PASSED, Kind.DIFFERS]


@pytest.mark.parametrize(
    ("kind", "judged"),
    [
        ("skipped", Kind.UNTESTED),
        ("differs", Kind.DIFFERS),
        ("failed", Kind.INVALID),
    ],
)
def test_an_endpoint_that_was_not_timed_does_not_pass(kind, judged):
    endpoint = UntimedEndpoint(path=PATH, reason="head answers 500", kind=kind)
    assert kinds(record(None, endpoint)) == [judged]


def test_an_endpoint_that_the_record_says_nothing_of_does_not_pass():
    assert kinds(record(None)) == [Kind.INVALID]
