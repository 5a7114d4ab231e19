"""Judgements of every kind."""

from headtohead.gate.judgement import Gate, Judgement, Measured, sorted_by_gravity
from headtohead.gate.policy import Kind, Policy
from headtohead.statements import Location

LINE = Location(path="shop/views.py", line=12, function="Products.list")


def judgement(kind: Kind, *, name: str = "product-list", **changes: object) -> Judgement:
    fields = {
        "stage": "compare",
        "experiment": name,
        "subject": name,
        "kind": kind,
        "response": Policy().response(kind, experiment=name),
        "message": f"{name} is {kind}.",
        "fix": "" if kind in {Kind.PASSED, Kind.FASTER} else "do something",
    }
    return Judgement(**fields | changes)  # type: ignore[arg-type]


CHECK = judgement(
    Kind.CHECKS,
    stage="check",
    subject="product-list/prefetched",
    message="makes 51 queries, not 2: 100% too many\nSELECT <b> | c, d",
    source=LINE,
)
SLOWER = judgement(
    Kind.SLOWER, measured=Measured(ratio=1.21, ci95=(1.19, float("inf")), margin=0.05)
)
INCONCLUSIVE = judgement(Kind.INCONCLUSIVE, name="search")
INVALID = judgement(Kind.INVALID, name="orders")
FASTER = judgement(
    Kind.FASTER, name="detail", measured=Measured(ratio=0.5, ci95=(0.4, 0.6), margin=0.05)
)
PASSED = judgement(Kind.PASSED, name="summary", stage="check")


def gate(*judgements: Judgement) -> Gate:
    return Gate(
        run_id="20260301-101530-5f3c", base="main", judgements=sorted_by_gravity(judgements)
    )


def one_of_each() -> Gate:
    return gate(PASSED, FASTER, INCONCLUSIVE, INVALID, SLOWER, CHECK)
