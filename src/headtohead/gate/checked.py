"""What a check says of each experiment, as judgements."""

from collections.abc import Iterator, Sequence

from headtohead.check.outcome import Outcome
from headtohead.gate.judgement import Judgement
from headtohead.gate.policy import Kind, Policy
from headtohead.statements import Location


def judge_check(
    outcome: Outcome, *, experiments: Sequence[str], policy: Policy
) -> Iterator[Judgement]:
    """One judgement or more for each experiment that was to be checked: none passes unseen.

    Args:
        outcome: What was found.
        experiments: Names of those that were to be checked.
        policy: What becomes of it.
    """
    told = set()
    for finding in outcome.findings:
        told.add(_experiment(finding.variant))
        yield _judgement(
            finding.variant,
            Kind.CHECKS,
            message=finding.problem,
            fix=finding.fix,
            source=finding.source,
            policy=policy,
        )
    if kept := outcome.comparison:
        for variant in kept.not_kept:
            told.add(_experiment(variant))
            yield _judgement(
                variant,
                Kind.UNTESTED,
                message=f"{kept.path} lacks its SQL",
                fix="`h2h check --update` adds it; commit the file",
                policy=policy,
            )
    for name in experiments:
        if name not in told:
            kind, message, fix = _nothing_found(name, outcome)
            yield _judgement(name, kind, message=message, fix=fix, policy=policy)


def _nothing_found(name: str, outcome: Outcome) -> tuple[Kind, str, str]:
    """What it means that an experiment has no finding."""
    if name not in outcome.preflights:
        return Kind.UNTESTED, "it cannot be checked here", "bring what it needs"
    kept = outcome.comparison
    if kept is None:
        return Kind.UNTESTED, "its SQL was not looked at", "mend the failing check first"
    if not kept.exists:
        problem = f"there is no {kept.path} to compare its SQL with"
        return Kind.UNTESTED, problem, "`h2h check --update` writes it; commit it"
    return Kind.PASSED, f"equal bodies, the SQL in {kept.path}", ""


def _judgement(
    subject: str,
    kind: Kind,
    *,
    message: str,
    fix: str,
    policy: Policy,
    source: Location | None = None,
) -> Judgement:
    experiment = _experiment(subject)
    return Judgement(
        stage="check",
        experiment=experiment,
        subject=subject,
        kind=kind,
        response=policy.response(kind, experiment=experiment),
        message=message,
        fix=fix,
        source=source,
    )


def _experiment(identity: str) -> str:
    return identity.partition("/")[0]
