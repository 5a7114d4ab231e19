"""What people read of compared micro-benchmarks."""

from dataclasses import replace

from headtohead.analysis.results import Verdict
from headtohead.bench.record import SkippedBenchmark
from headtohead.bench.report import brief
from headtohead.report.terminal import render
from tests.bench.factories import bench, benchmark
from tests.golden import Golden, printed, sections

EVERY_VERDICT = [
    benchmark(
        f"benchmarks/test_{verdict.name.lower()}.py::test_it",
        verdict,
        0.7 + 0.1 * number,
        base_seconds=2 * 10 ** -(2 * number),
        head_seconds=3 * 10 ** -(2 * number),
        instructions=(10_000, 9_000 + 123 * number) if number % 2 else None,
    )
    for number, verdict in enumerate(Verdict)
]
GONE = SkippedBenchmark(name="benchmarks/test_gone.py::test_it", reason="only base has it")


def test_terminal(golden: Golden) -> None:
    uncounted = [replace(each, instructions=None) for each in EVERY_VERDICT]
    golden(
        "bench.txt",
        sections(
            with_instructions=printed(
                render, brief(bench(*EVERY_VERDICT, left_out=(GONE,))), width=160
            ),
            without=printed(render, brief(bench(*uncounted)), width=160),
        ),
    )
