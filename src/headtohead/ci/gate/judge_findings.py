"""What checks, comparisons and benchmarks mean to a gate, and what to do about them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from headtohead.analysis.results import Verdict
from headtohead.bench.record import Bench
from headtohead.check.outcome import Outcome
from headtohead.ci.gate.judgement import EndpointEffect, Judgement
from headtohead.ci.gate.policy import FindingKind, Policy
from headtohead.protocol.explanation import Location
from headtohead.records.run import Run, UntimedEndpoint
from headtohead.report.findings import Finding, findings
from headtohead.report.numbers import compared_with, percent

KINDS = {
    Verdict.FASTER: FindingKind.FASTER,
    Verdict.FASTER_SIZE_UNRESOLVED: FindingKind.FASTER,
    Verdict.NO_DIFFERENCE: FindingKind.PASSED,
    Verdict.SLOWER: FindingKind.SLOWER,
    Verdict.SLOWER_SIZE_UNRESOLVED: FindingKind.UNRESOLVED,
    Verdict.INCONCLUSIVE: FindingKind.INCONCLUSIVE,
    Verdict.INVALID: FindingKind.INVALID,
}
_FIXES = {
    FindingKind.PASSED: "",
    FindingKind.FASTER: "",
    FindingKind.SLOWER: "see the reason in the report, or allow it with a margin of its own",
    FindingKind.UNRESOLVED: "a larger budget or a quieter machine tells whether it matters",
    FindingKind.INCONCLUSIVE: "a larger budget, a wider margin or a quieter machine tells more",
    FindingKind.INVALID: "follow the advice in the report and measure again",
    FindingKind.DIFFERS: "see whether that was meant",
    FindingKind.UNTESTED: "give it a request that answers with success",
}


def judgement(
    name: str,
    kind: FindingKind,
    *,
    stage: str,
    message: str,
    policy: Policy,
    measured: EndpointEffect | None = None,
) -> Judgement:
    """What a policy makes of something found of an endpoint or a benchmark of two revisions."""
    return Judgement(
        stage=stage,
        experiment=name,
        subject=name,
        kind=kind,
        response=policy.response(kind, experiment=name),
        message=message,
        fix=_FIXES[kind],
        measured=measured,
    )


def judge_bench(record: Bench, *, policy: Policy) -> Iterator[Judgement]:
    """One judgement for each benchmark that either revision has.

    Args:
        record: What was measured.
        policy: What becomes of it.
    """
    judged = partial(judgement, stage="bench", policy=policy)
    for each in record.benchmarks:
        seen = f"this run could have seen a difference of about {percent(each.detectable)}"
        yield judged(
            each.name,
            KINDS[each.verdict],
            message=f"{each.verdict}: head {compared_with(each.ratio)} base; {seen}",
            measured=EndpointEffect(ratio=each.ratio, ci95=each.ci95, margin=each.margin),
        )
    for left_out in record.left_out:
        yield judged(left_out.name, FindingKind.DIFFERS, message=left_out.reason)


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
            FindingKind.CHECKS,
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
                FindingKind.UNTESTED,
                message=f"{kept.path} lacks its SQL",
                fix="`h2h check --update` adds it; commit the file",
                policy=policy,
            )
    for name in experiments:
        if name not in told:
            kind, message, fix = _nothing_found(name, outcome)
            yield _judgement(name, kind, message=message, fix=fix, policy=policy)


def _nothing_found(name: str, outcome: Outcome) -> tuple[FindingKind, str, str]:
    """What it means that an experiment has no finding."""
    if name not in outcome.preflights:
        return FindingKind.UNTESTED, "it cannot be checked here", "install what it needs"
    kept = outcome.comparison
    if kept is None:
        return FindingKind.UNTESTED, "its SQL was not looked at", "fix the failing check first"
    if not kept.exists:
        problem = f"there is no {kept.path} to compare its SQL with"
        return FindingKind.UNTESTED, problem, "`h2h check --update` writes it; commit it"
    return FindingKind.PASSED, f"equal bodies, the SQL in {kept.path}", ""


def _judgement(
    subject: str,
    kind: FindingKind,
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


_UNTIMED = {
    "differs": FindingKind.DIFFERS,
    "failed": FindingKind.INVALID,
    "skipped": FindingKind.UNTESTED,
}


def judge_comparison(
    record: Run, *, endpoints: Mapping[str, str], policy: Policy
) -> Iterator[Judgement]:
    """One judgement or more for each endpoint that was to be timed: none passes unseen.

    Args:
        record: What was measured.
        endpoints: Paths of those that were to be timed, by name.
        policy: What becomes of it.
    """
    judged = partial(judgement, stage="compare", policy=policy)
    timed = set()
    for finding in findings(record):
        timed.add(finding.experiment.name)
        kind = KINDS[finding.verdict]
        yield judged(
            finding.experiment.name,
            kind,
            message=finding.sentence,
            measured=_measured(finding),
        )
        for caveat in finding.experiment.caveats:
            if caveat.code == "bodies-differ":
                yield judged(finding.experiment.name, FindingKind.DIFFERS, message=caveat.message)
    untimed = {each.path: each for each in record.revisions.untimed} if record.revisions else {}
    for name, path in endpoints.items():
        if name not in timed:
            kind, message = _not_timed(untimed.get(path))
            yield judged(name, kind, message=f"{path}: {message}")


def _not_timed(endpoint: UntimedEndpoint | None) -> tuple[FindingKind, str]:
    if endpoint is None:
        return FindingKind.INVALID, "the record says nothing of it"
    return _UNTIMED[endpoint.kind], endpoint.reason


def _measured(finding: Finding) -> EndpointEffect | None:
    if not finding.usable:
        return None
    comparison = finding.comparison
    return EndpointEffect(ratio=comparison.ratio, ci95=comparison.ci95, margin=comparison.margin)
