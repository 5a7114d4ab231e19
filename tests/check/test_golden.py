"""What people read of a check, and what makes it fail."""

from collections.abc import Iterator
from pathlib import Path

from headtohead.check.equal_answers import Preflight, Problem, VariantAnswer
from headtohead.check.outcome import Doubling, Outcome, SnapshotComparison
from headtohead.check.queries import Queries
from headtohead.check.query_growth import growth_of
from headtohead.check.report import brief
from headtohead.check.sql_snapshot import differences
from headtohead.experiment import Request
from headtohead.protocol.server_timing import ServerTiming
from headtohead.report.terminal import render
from tests.check.factories import executed, experiment, queries
from tests.check.test_query_growth import LINE, grown
from tests.golden import Golden, printed, sections

PATH = Path("queries.json")
TOLD = ServerTiming(
    variant="e/v", queries=1234, database_ms=1.0, cache_hits=0, cache_misses=0, total_ms=2.0
)
ANSWERED = Preflight(
    answers={
        "naive": VariantAnswer(body=b"", timing=TOLD),
        "silent": VariantAnswer(body=b"", timing=None),
    },
    findings=(),
)
SELECT = "SELECT b FROM brand WHERE id = ?"

# What a variant was kept to take, and what it takes now.
CHANGES: dict[str, tuple[Queries, Queries]] = {
    "new, gone and repeated": (queries(a=1, b=2), queries(b=4, c=(1, 0))),
    "other ones": (queries(a=1, b=2), queries(a=2, b=1)),
    "fewer at second": (queries(a=1, b=2), queries(a=1, b=(2, 0))),
    "other rows": (queries(executed("a", 1, rows=20)), queries(executed("a", 1, rows=1040))),
    "another plan": (
        queries(executed("a", 1, plan=("Limit", "  Index Scan on product"))),
        queries(executed("a", 1, plan=("Limit", "  Seq Scan on product"))),
    ),
    "another length": (queries(a=1, body_bytes=1000), queries(a=1, body_bytes=90)),
    "an N+1": (queries(a=1), queries(executed(SELECT, 50, source=LINE), a=1)),
    "an N+1 from nowhere known": (queries(a=1), queries(executed(SELECT, 50), a=1)),
    "an N+1 that was one": (
        queries(executed(SELECT, 50, rows=50)),
        queries(executed(SELECT, 50, rows=49)),
    ),
}


def compared(elsewhere: bool = False, **changes: object) -> SnapshotComparison:
    fields = {"path": PATH, "rows": 2000, "seed": 1, "elsewhere": elsewhere}
    return SnapshotComparison(**fields | changes)  # type: ignore[arg-type]


def changed() -> SnapshotComparison:
    kept = {name: before for name, (before, _) in CHANGES.items()}
    found = {name: after for name, (_, after) in CHANGES.items()}
    return compared(
        differences=differences({"e": kept}, {"e": found}, other_rows=False, other_plans=False),
        not_kept=("e/new", "e/newer"),
        other_plans="they are PostgreSQL 17's",
    )


def doubled() -> Doubling:
    growth = (
        grown(),
        grown(served=(3, 5)),
        grown(naive=(5, 5), body=(1000, 1001)),
        grown(served=(5, 3), request_at_double_rows=Request(path="/products/?page_size=100")),
        growth_of(experiment(), once={}, twice={}),
    )
    return Doubling(rows=1000, growth=growth)


def told(**outcome: object) -> str:
    return "\n".join(_told(Outcome(**{"preflights": {}} | outcome)))  # type: ignore[arg-type]


def _told(outcome: Outcome) -> Iterator[str]:
    yield printed(render, brief(outcome), width=80).rstrip()
    for finding in outcome.findings:
        yield f"fails: {finding.variant}: {finding.problem}; {finding.fix} ({finding.source})"


def test_terminal(golden: Golden) -> None:
    apart = Problem(variant="e/v", problem="the body differs", fix="mend it")
    golden(
        "check.txt",
        sections(
            **{
                "other SQL than is kept": told(preflights={"e": ANSWERED}, comparison=changed()),
                "rows that double": told(doubling=doubled(), comparison=compared()),
                "a server elsewhere": told(
                    comparison=compared(elsewhere=True, differences=changed().differences[:1])
                ),
                "bodies that differ": told(preflights={"e": ANSWERED}, apart=(apart,)),
                "nothing kept": told(comparison=compared(exists=False)),
                "written again": told(comparison=compared(updated=True)),
            }
        ),
    )
