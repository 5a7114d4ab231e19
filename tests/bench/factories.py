"""Comparisons of micro-benchmarks as they would be recorded."""

from headtohead.analysis.results import Verdict
from headtohead.bench.record import SCHEMA_VERSION, Bench, Benchmark, SkippedBenchmark
from headtohead.records.provenance import ComparedRevision
from tests.report import samples

BASE = ComparedRevision(name="main", commit="1" * 40, changed=False)
HEAD = ComparedRevision(name="working tree", commit="2" * 40, changed=True)


def benchmark(name: str, verdict: Verdict, ratio: float, **changes: object) -> Benchmark:
    fields = {
        "name": name,
        "pairs": 8,
        "base_seconds": 1.0,
        "head_seconds": ratio,
        "ratio": ratio,
        "ci95": (ratio * 0.98, ratio * 1.01),
        "margin": 0.02,
        "verdict": verdict,
        "alpha": 0.001,
        "detectable": 0.03,
    }
    return Benchmark(**fields | changes)  # type: ignore[arg-type]


def bench(*benchmarks: Benchmark, left_out: tuple[SkippedBenchmark, ...] = ()) -> Bench:
    run = samples.run()
    return Bench(
        schema=SCHEMA_VERSION,
        run_id=run.run_id,
        started_at=run.started_at,
        seconds=60.0,
        git=run.git,
        environment=run.environment,
        base=BASE,
        head=HEAD,
        rounds=8,
        alpha=0.005,
        benchmarks=benchmarks,
        left_out=left_out,
    )
