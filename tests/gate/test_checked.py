from pathlib import Path

from headtohead.check.outcome import Comparison, Outcome
from headtohead.gate.checked import judge_check
from headtohead.gate.policy import Kind, Policy, Response
from headtohead.run.preflight import Finding, Preflight
from tests.check.factories import executed, queries
from tests.check.test_outcome import comparison
from tests.gate.samples import LINE

ASKED = Preflight(answers={}, findings=())
SNAPSHOT = Comparison(path=Path("queries.json"))


def judged(outcome: Outcome, *names: str) -> dict[str, tuple[Kind, str]]:
    found = judge_check(outcome, experiments=names, policy=Policy())
    return {each.subject: (each.kind, each.text) for each in found}


def test_every_experiment_gets_a_judgement():
    outcome = Outcome(preflights={"one": ASKED}, comparison=SNAPSHOT)
    assert judged(outcome, "one", "other") == {
        "one": (Kind.PASSED, "equal bodies, the SQL in queries.json"),
        "other": (Kind.UNTESTED, "it cannot be checked here; bring what it needs"),
    }


def test_an_n_plus_1_fails_with_the_line_that_asks_for_it():
    found = queries(executed("SELECT b FROM brand WHERE id = ?", 50, source=LINE), a=1)
    outcome = Outcome(preflights={"e": ASKED}, comparison=comparison(queries(a=1), found))
    (judgement,) = judge_check(outcome, experiments=["e"], policy=Policy())
    assert (judgement.subject, judgement.kind) == ("e/v", Kind.CHECKS)
    assert judgement.response is Response.FAIL
    assert judgement.source == LINE


def test_what_was_not_looked_at_because_another_failed_does_not_pass():
    finding = Finding(variant="one/naive", problem="the body differs", fix="mend it")
    outcome = Outcome(
        preflights={"one": Preflight(answers={}, findings=(finding,)), "other": ASKED}
    )
    kinds = {subject: kind for subject, (kind, _) in judged(outcome, "one", "other").items()}
    assert kinds == {"one/naive": Kind.CHECKS, "other": Kind.UNTESTED}


def test_without_a_snapshot_nothing_passes():
    missing = Outcome(
        preflights={"e": ASKED}, comparison=Comparison(path=Path("q.json"), exists=False)
    )
    assert judged(missing, "e")["e"][0] is Kind.UNTESTED


def test_a_variant_that_the_snapshot_lacks_does_not_pass():
    lacking = Comparison(path=Path("q.json"), not_kept=("e/new",))
    outcome = Outcome(preflights={"e": ASKED}, comparison=lacking)
    assert {subject: kind for subject, (kind, _) in judged(outcome, "e").items()} == {
        "e/new": Kind.UNTESTED
    }
