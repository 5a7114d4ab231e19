from headtohead.check.outcome import Outcome
from headtohead.ci.gate.judge_findings import judge_check
from headtohead.ci.gate.policy import FindingKind, Policy
from tests.check.factories import executed, queries
from tests.check.test_outcome import comparison
from tests.ci.gate.findings import ASKED, SNAPSHOT, broken
from tests.ci.gate.samples import LINE


def judged(outcome: Outcome, *names: str) -> dict[str, FindingKind]:
    found = judge_check(outcome, experiments=names, policy=Policy())
    return {each.subject: each.kind for each in found}


def test_every_experiment_gets_a_judgement():
    outcome = Outcome(preflights={"one": ASKED}, comparison=SNAPSHOT)
    assert judged(outcome, "one", "other") == {
        "one": FindingKind.PASSED,
        "other": FindingKind.UNTESTED,
    }
    outcome = Outcome(preflights={"one": ASKED, "other": ASKED}, apart=(broken("one"),))
    assert judged(outcome, "one", "other") == {
        "one/joined": FindingKind.CHECKS,
        "other": FindingKind.UNTESTED,
    }


def test_an_n_plus_1_is_told_with_the_line_that_asks_for_it():
    found = queries(executed("SELECT b FROM brand WHERE id = ?", 50, source=LINE), a=1)
    outcome = Outcome(preflights={"e": ASKED}, comparison=comparison(queries(a=1), found))
    (judgement,) = judge_check(outcome, experiments=["e"], policy=Policy())
    assert (judgement.subject, judgement.kind, judgement.source) == (
        "e/v",
        FindingKind.CHECKS,
        LINE,
    )
