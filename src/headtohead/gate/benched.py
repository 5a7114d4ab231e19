"""What micro-benchmarks of two revisions say, as judgements."""

from collections.abc import Iterator
from functools import partial

from headtohead.bench.record import Bench
from headtohead.gate.judgement import Judgement, Measured
from headtohead.gate.policy import Kind, Policy
from headtohead.gate.verdicts import KINDS, judgement
from headtohead.report.format import compared_with, percent


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
            measured=Measured(ratio=each.ratio, ci95=each.ci95, margin=each.margin),
        )
    for left_out in record.left_out:
        yield judged(left_out.name, Kind.DIFFERS, message=left_out.reason)
