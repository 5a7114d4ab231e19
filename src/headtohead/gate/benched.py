"""What micro-benchmarks of two revisions say, as judgements."""

from collections.abc import Iterator

from headtohead.bench.record import Bench
from headtohead.gate.judgement import Judgement, Measured
from headtohead.gate.policy import Kind, Policy
from headtohead.gate.verdicts import FIXES, KINDS
from headtohead.report.format import compared_with, percent


def judge_bench(record: Bench, *, policy: Policy) -> Iterator[Judgement]:
    """One judgement for each benchmark that either revision has.

    Args:
        record: What was measured.
        policy: What becomes of it.
    """
    for each in record.benchmarks:
        seen = f"this run could have seen a difference of about {percent(each.detectable)}"
        yield _judgement(
            each.name,
            KINDS[each.verdict],
            message=f"{each.verdict}: head {compared_with(each.ratio)} base; {seen}",
            policy=policy,
            measured=Measured(ratio=each.ratio, ci95=each.ci95, margin=each.margin),
        )
    for left_out in record.left_out:
        yield _judgement(left_out.name, Kind.DIFFERS, message=left_out.reason, policy=policy)


def _judgement(
    name: str, kind: Kind, *, message: str, policy: Policy, measured: Measured | None = None
) -> Judgement:
    return Judgement(
        stage="bench",
        experiment=name,
        subject=name,
        kind=kind,
        response=policy.response(kind, experiment=name),
        message=message,
        fix=FIXES[kind],
        measured=measured,
    )
