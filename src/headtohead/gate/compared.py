"""What a comparison of two revisions says of each endpoint, as judgements."""

from collections.abc import Iterator, Mapping
from functools import partial

from headtohead.gate.judgement import Judgement, Measured
from headtohead.gate.policy import Kind, Policy
from headtohead.gate.verdicts import KINDS, judgement
from headtohead.measurement import Run, UntimedEndpoint
from headtohead.report.findings import Finding, findings

_UNTIMED = {"differs": Kind.DIFFERS, "failed": Kind.INVALID, "skipped": Kind.UNTESTED}


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
                yield judged(finding.experiment.name, Kind.DIFFERS, message=caveat.message)
    untimed = {each.path: each for each in record.revisions.untimed} if record.revisions else {}
    for name, path in endpoints.items():
        if name not in timed:
            kind, message = _not_timed(untimed.get(path))
            yield judged(name, kind, message=f"{path}: {message}")


def _not_timed(endpoint: UntimedEndpoint | None) -> tuple[Kind, str]:
    if endpoint is None:
        return Kind.INVALID, "the record says nothing of it"
    return _UNTIMED[endpoint.kind], endpoint.reason


def _measured(finding: Finding) -> Measured | None:
    if not finding.usable:
        return None
    comparison = finding.comparison
    return Measured(ratio=comparison.ratio, ci95=comparison.ci95, margin=comparison.margin)
