"""What a verdict on two revisions is to a gate, and what to do about it."""

from headtohead.gate.judgement import Judgement, Measured
from headtohead.gate.policy import Kind, Policy
from headtohead.measurement import Verdict

KINDS = {
    Verdict.FASTER: Kind.FASTER,
    Verdict.FASTER_SIZE_UNRESOLVED: Kind.FASTER,
    Verdict.NO_DIFFERENCE: Kind.PASSED,
    Verdict.SLOWER: Kind.SLOWER,
    Verdict.SLOWER_SIZE_UNRESOLVED: Kind.UNRESOLVED,
    Verdict.INCONCLUSIVE: Kind.INCONCLUSIVE,
    Verdict.INVALID: Kind.INVALID,
}
_FIXES = {
    Kind.PASSED: "",
    Kind.FASTER: "",
    Kind.SLOWER: "see the reason in the report, or allow it with a margin of its own",
    Kind.UNRESOLVED: "a larger budget or a quieter machine tells whether it matters",
    Kind.INCONCLUSIVE: "a larger budget, a wider margin or a quieter machine tells more",
    Kind.INVALID: "follow the advice in the report and measure again",
    Kind.DIFFERS: "see whether that was meant",
    Kind.UNTESTED: "give it a request that answers with success",
}


def judgement(
    name: str,
    kind: Kind,
    *,
    stage: str,
    message: str,
    policy: Policy,
    measured: Measured | None = None,
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
