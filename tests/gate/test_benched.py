from datetime import UTC, datetime

from headtohead.bench.record import Bench, Benchmark, LeftOut
from headtohead.gate.benched import judge_bench
from headtohead.gate.policy import Kind, Policy, Response
from headtohead.measurement import ComparedRevision, Verdict
from tests.report import samples

SIDE = ComparedRevision(name="main", commit="1" * 40, changed=False)


def benchmark(name: str, verdict: Verdict, ratio: float) -> Benchmark:
    return Benchmark(
        name=name,
        pairs=8,
        base_seconds=1.0,
        head_seconds=ratio,
        ratio=ratio,
        ci95=(ratio * 0.99, ratio * 1.01),
        margin=0.02,
        verdict=verdict,
        verdict_error_rate=0.001,
        detectable=0.03,
    )


def test_every_benchmark_that_either_revision_has_gets_a_judgement():
    run = samples.run()
    record = Bench(
        schema=1,
        run_id=run.run_id,
        started_at=datetime(2026, 3, 1, tzinfo=UTC),
        seconds=60.0,
        git=run.git,
        environment=run.environment,
        base=SIDE,
        head=SIDE,
        rounds=8,
        error_rate=0.005,
        benchmarks=(
            benchmark("a::slower", Verdict.SLOWER, 1.2),
            benchmark("a::same", Verdict.NO_DIFFERENCE, 1.0),
        ),
        left_out=(LeftOut(name="a::gone", reason="only base has it, or it fails at head"),),
    )
    slower, same, gone = judge_bench(record, policy=Policy())
    assert (slower.kind, slower.response, slower.measured.ratio) == (
        Kind.SLOWER,
        Response.FAIL,
        1.2,
    )
    assert "head takes 20 % more time than base" in slower.message
    assert (same.kind, gone.kind) == (Kind.PASSED, Kind.DIFFERS)
    assert gone.message == "only base has it, or it fails at head"
