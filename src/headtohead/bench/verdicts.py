"""From the times of processes to verdicts: what a process has by luck shows between processes."""

from collections.abc import Mapping, Sequence

import numpy as np

from headtohead.analysis.interval import FloatArray
from headtohead.analysis.launches import NEEDED_LAUNCHES, over_processes
from headtohead.analysis.verdicts import VerdictAt, claim_alphas, judge
from headtohead.bench.record import Benchmark, SkippedBenchmark

# Seconds of a call by the benchmark's name, as one process found them.
Times = Mapping[str, float]


def judged(
    base: Sequence[Times], head: Sequence[Times], *, margin: float
) -> tuple[tuple[Benchmark, ...], tuple[SkippedBenchmark, ...]]:
    """What pairs of processes amount to, and what they say nothing of.

    All verdicts share one alpha (Holm, 1979), as those of compared endpoints do.

    Args:
        base: What each process of base found, in the order of rounds.
        head: The same of head.
        margin: The smallest effect that matters, as a fraction.
    """
    names = sorted({name for times in (*base, *head) for name in times})
    ratios = {name: _log_ratios(name, base, head) for name in names}
    enough = [name for name in names if len(ratios[name]) >= NEEDED_LAUNCHES]
    alphas = claim_alphas([_verdict_at(ratios[name], margin=margin) for name in enough])
    return (
        tuple(
            _benchmark(name, base, head, ratios=ratios[name], margin=margin, alpha=alpha)
            for name, alpha in zip(enough, alphas, strict=True)
        ),
        tuple(
            SkippedBenchmark(name=name, reason=_reason(name, base, head))
            for name in names
            if name not in enough
        ),
    )


def _log_ratios(name: str, base: Sequence[Times], head: Sequence[Times]) -> FloatArray:
    return np.array(
        [
            np.log(other[name] / one[name])
            for one, other in zip(base, head, strict=True)
            if name in one and name in other
        ]
    )


def _verdict_at(ratios: FloatArray, *, margin: float) -> VerdictAt:
    return lambda alpha: judge(over_processes(ratios, alpha=alpha), margin=margin)


def _benchmark(
    name: str,
    base: Sequence[Times],
    head: Sequence[Times],
    *,
    ratios: FloatArray,
    margin: float,
    alpha: float,
) -> Benchmark:
    printed = over_processes(ratios)
    behind_verdict = over_processes(ratios, alpha=alpha)
    return Benchmark(
        name=name,
        pairs=len(ratios),
        base_seconds=float(np.median([times[name] for times in base if name in times])),
        head_seconds=float(np.median([times[name] for times in head if name in times])),
        ratio=printed.ratio,
        ci95=(printed.low, printed.high),
        margin=margin,
        verdict=judge(behind_verdict, margin=margin),
        alpha=alpha,
        detectable=behind_verdict.half_width,
    )


def _reason(name: str, base: Sequence[Times], head: Sequence[Times]) -> str:
    of_base, of_head = (sum(name in times for times in side) for side in (base, head))
    if not of_head:
        return "only base has it, or it fails at head"
    if not of_base:
        return "only head has it, or it fails at base"
    return f"it gave a time in {of_base} processes of base and {of_head} of head"
