"""Judgements of every kind."""

from headtohead.ci.gate.judgement import EndpointEffect, Gate, Judgement, sorted_by_gravity
from headtohead.ci.gate.policy import WELL, FindingKind, Policy, Response
from headtohead.protocol.explanation import Location

LINE = Location(path="shop/views.py", line=12, function="Products.list")


def judgement(kind: FindingKind, *, name: str = "product-list", **changes: object) -> Judgement:
    fields = {
        "stage": "compare",
        "experiment": name,
        "subject": name,
        "kind": kind,
        "response": Policy().response(kind, experiment=name),
        "message": f"{name} is {kind}.",
        "fix": "" if kind in {FindingKind.PASSED, FindingKind.FASTER} else "do something",
    }
    return Judgement(**fields | changes)  # type: ignore[arg-type]


CHECK = judgement(
    FindingKind.CHECKS,
    stage="check",
    subject="product-list/prefetched",
    message="makes 51 queries, not 2: 100% too many\nSELECT <b> | c, d",
    source=LINE,
)
SLOWER = judgement(
    FindingKind.SLOWER, measured=EndpointEffect(ratio=1.21, ci95=(1.19, float("inf")), margin=0.05)
)
INCONCLUSIVE = judgement(FindingKind.INCONCLUSIVE, name="search")
INVALID = judgement(FindingKind.INVALID, name="orders")
FASTER = judgement(
    FindingKind.FASTER,
    name="detail",
    measured=EndpointEffect(ratio=0.5, ci95=(0.4, 0.6), margin=0.05),
)
PASSED = judgement(FindingKind.PASSED, name="summary", stage="check")


def gate(*judgements: Judgement) -> Gate:
    return Gate(
        run_id="20260301-101530-5f3c", base="main", judgements=sorted_by_gravity(judgements)
    )


def one_of_each() -> Gate:
    return gate(PASSED, FASTER, INCONCLUSIVE, INVALID, SLOWER, CHECK)


def every_judgement() -> Gate:
    """Every kind with every response that a policy may give it, from every stage."""
    stages = ("check", "compare", "bench")
    judgements = [
        judgement(
            kind,
            name=f"{kind}-{response}",
            stage=stages[number % len(stages)],
            response=response,
            message=f"what was {kind}: 100% <b>, a|b\nand more",
            source=LINE if kind is FindingKind.CHECKS else None,
            measured=None
            if kind in UNMEASURED
            else EndpointEffect(ratio=1 + number / 100, ci95=(0.93, float("inf")), margin=0.05),
        )
        for number, (kind, response) in enumerate(
            (kind, response)
            for kind in FindingKind
            for response in ([Response.PASS] if kind in WELL else Response)
        )
    ]
    return gate(*judgements)


# What has no ratio to show.
UNMEASURED = {FindingKind.CHECKS, FindingKind.DIFFERS, FindingKind.UNTESTED, FindingKind.INVALID}
