"""Compared micro-benchmarks, for whoever ran them."""

from collections.abc import Iterator

from headtohead.analysis.results import Verdict
from headtohead.bench.record import Bench, Benchmark
from headtohead.report.document import Brief, BriefPart, Column, Words, table
from headtohead.report.numbers import ARROW, interval, percent, quantity, ratio

_QUIET = {Verdict.NO_DIFFERENCE, Verdict.INCONCLUSIVE}


def brief(record: Bench) -> Brief:
    """What differs first, then what does not, then what could not be compared."""
    return Brief(
        title=f"{record.head.name} against {record.base.name}", parts=tuple(_parts(record))
    )


def _parts(record: Bench) -> Iterator[BriefPart]:
    ordered = sorted(record.benchmarks, key=lambda each: each.verdict in _QUIET)
    counted = any(each.instructions for each in ordered)
    yield table(
        f"{record.head.name} against {record.base.name}",
        headers=(
            *("Time of a call", Column("Ratio", detail="95 % interval"), "Verdict", "Could see"),
            *(["Instructions"] if counted else []),
            "Benchmark",
        ),
        names=("Benchmark",),
        words=("Verdict",),
        rows=[_row(each, counted=counted) for each in ordered],
    )
    for each in record.left_out:
        yield Words(f"Not compared: {each.name} ({each.reason}).")
    yield Words(
        f"{record.rounds} processes of each revision in turn. Ratio = head / base: 0.5 is half "
        f"the time; differences within {percent(record.benchmarks[0].margin)} do not matter here. "
        f"In at most {percent(record.alpha)} of comparisons is any verdict wrong."
        + (" Instructions of this process alone, head / base, are advice." if counted else "")
    )


def _row(benchmark: Benchmark, *, counted: bool) -> list[str]:
    return [
        f"{_time(benchmark.base_seconds)} {ARROW} {_time(benchmark.head_seconds)}",
        f"{ratio(benchmark.ratio)} {interval(benchmark.ci95)}",
        str(benchmark.verdict),
        percent(benchmark.detectable),
        *([_instructions(benchmark)] if counted else []),
        benchmark.name.rpartition("/")[2],
    ]


def _instructions(benchmark: Benchmark) -> str:
    if benchmark.instructions is None:
        return ""
    base, head = benchmark.instructions
    return f"{head / base:.4f}"


def _time(seconds: float) -> str:
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{quantity(seconds * factor)} {unit}"
    return f"{quantity(seconds * 1e9)} ns"
