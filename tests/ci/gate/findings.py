"""Everything that a gate can find, each in the smallest record that holds it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from headtohead.analysis.results import Verdict
from headtohead.bench.record import Bench, SkippedBenchmark
from headtohead.check.equal_answers import Preflight, Problem
from headtohead.check.outcome import Outcome, SnapshotComparison
from headtohead.ci.gate.judge_findings import judge_bench, judge_check, judge_comparison
from headtohead.ci.gate.judgement import EndpointEffect, Judgement
from headtohead.ci.gate.policy import FindingKind, Policy
from headtohead.records import results
from headtohead.records.provenance import ComparedRevision
from headtohead.records.run import Revisions, Run, UntimedEndpoint
from headtohead.validity import requests, sample_size
from tests.bench.factories import bench, benchmark
from tests.ci.gate.samples import LINE
from tests.report import samples

SIDE = ComparedRevision(name="main", commit="1" * 40, changed=False)
ASKED = Preflight(answers={}, findings=())
SNAPSHOT = SnapshotComparison(path=Path("queries.json"))
TOO_FEW = sample_size.too_few_pairs(pairs=1, needed=100)
OTHER_ANSWERS = requests.bodies_differ(where="body.count: 1, not 2")
# What was measured of what counts, by how.
EFFECTS = {
    "compared": EndpointEffect(ratio=1.61, ci95=(1.5, 1.7), margin=0.02),
    "benched": EndpointEffect(ratio=1.2, ci95=(1.1, 1.3), margin=0.05),
}
# What a verdict on two revisions is to a gate.
VERDICTS = {
    Verdict.FASTER: FindingKind.FASTER,
    Verdict.FASTER_SIZE_UNRESOLVED: FindingKind.FASTER,
    Verdict.NO_DIFFERENCE: FindingKind.PASSED,
    Verdict.SLOWER: FindingKind.SLOWER,
    Verdict.SLOWER_SIZE_UNRESOLVED: FindingKind.UNRESOLVED,
    Verdict.INCONCLUSIVE: FindingKind.INCONCLUSIVE,
    Verdict.INVALID: FindingKind.INVALID,
}

Record = Outcome | Run | Bench


@dataclass(frozen=True, kw_only=True)
class Found:
    """A record that holds something of one experiment or more.

    Attributes:
        names: Of the experiments, endpoints or benchmarks.
        kinds: What a gate finds in it.
        record: The record.
    """

    names: tuple[str, ...]
    kinds: tuple[FindingKind, ...]
    record: Record

    def judge(self, policy: Policy) -> Iterator[Judgement]:
        """What a policy makes of it."""
        match self.record:
            case Outcome() as outcome:
                return judge_check(outcome, experiments=self.names, policy=policy)
            case Run() as run:
                endpoints = {name: path(name) for name in self.names}
                return judge_comparison(run, endpoints=endpoints, policy=policy)
            case Bench() as record:
                return judge_bench(record, policy=policy)

    def beside(self, other: "Found") -> "Found | None":
        """Both in one record; None where no record can hold both."""
        record = together(self.record, other.record)
        if record is None:
            return None
        names, kinds = (*self.names, *other.names), (*self.kinds, *other.kinds)
        return Found(names=names, kinds=kinds, record=record)


def together(one: Record, other: Record) -> Record | None:
    match one, other:
        case Run(), Run():
            untimed = (*one.revisions.untimed, *other.revisions.untimed)
            return replace(
                one,
                experiments=(*one.experiments, *other.experiments),
                revisions=replace(one.revisions, untimed=untimed),
            )
        case Bench(), Bench():
            return replace(
                one,
                benchmarks=(*one.benchmarks, *other.benchmarks),
                left_out=(*one.left_out, *other.left_out),
            )
        case Outcome(comparison=SnapshotComparison(exists=True)), Outcome(
            comparison=SnapshotComparison(exists=True)
        ):
            not_kept = (*one.comparison.not_kept, *other.comparison.not_kept)
            return replace(
                one,
                preflights={**one.preflights, **other.preflights},
                apart=(*one.apart, *other.apart),
                comparison=replace(SNAPSHOT, not_kept=not_kept),
            )
    return None


def path(name: str) -> str:
    return f"/{name}/"


def broken(name: str) -> Problem:
    return Problem(variant=f"{name}/joined", problem="the body differs", fix="mend it", source=LINE)


def checked(
    kind: FindingKind, outcome: Callable[[str], Mapping[str, object]]
) -> Callable[[str], Found]:
    """What a check found of an experiment of any name, whose answer was asked for and compared."""

    def found(name: str) -> Found:
        fields = {"preflights": {name: ASKED}, "comparison": SNAPSHOT} | outcome(name)
        return Found(names=(name,), kinds=(kind,), record=Outcome(**fields))  # type: ignore[arg-type]

    return found


def compared(
    *kinds: FindingKind,
    verdict: Verdict | None = None,
    seen: tuple[results.Caveat, ...] = (),
    untimed: str = "",
) -> Callable[[str], Found]:
    """What a comparison found of an endpoint of any name."""

    def found(name: str) -> Found:
        (comparison,) = samples.slower().comparisons
        judged = replace(comparison, **asdict(EFFECTS["compared"]))
        timed = [replace(judged, verdict=verdict)] if verdict else []
        left = [UntimedEndpoint(path=path(name), reason="it answers 500", kind=untimed)]
        return Found(
            names=(name,),
            kinds=kinds,
            record=samples.run(
                *(
                    replace(samples.slower(), name=name, caveats=seen, comparisons=(each,))
                    for each in timed
                ),
                revisions=Revisions(
                    base=SIDE,
                    head=SIDE,
                    rounds=8,
                    alpha=0.005,
                    untimed=tuple(left if untimed else []),
                ),
            ),
        )

    return found


def benched(kind: FindingKind, *, verdict: Verdict | None = None) -> Callable[[str], Found]:
    """What benchmarks found of one of any name."""

    def found(name: str) -> Found:
        record = (
            bench(benchmark(name, verdict, **asdict(EFFECTS["benched"])))
            if verdict
            else bench(left_out=(SkippedBenchmark(name=name, reason="only base has it"),))
        )
        return Found(names=(name,), kinds=(kind,), record=record)

    return found


FINDINGS: Mapping[str, Callable[[str], Found]] = {
    "checked, nothing wrong": checked(FindingKind.PASSED, lambda _: {}),
    "checked, other bodies at once": checked(
        FindingKind.CHECKS,
        lambda name: {"preflights": {name: Preflight(answers={}, findings=(broken(name),))}},
    ),
    "checked, other bodies at rows of its own": checked(
        FindingKind.CHECKS, lambda name: {"apart": (broken(name),)}
    ),
    "checked, cannot be asked": checked(FindingKind.UNTESTED, lambda _: {"preflights": {}}),
    "checked, its SQL not looked at": checked(FindingKind.UNTESTED, lambda _: {"comparison": None}),
    "checked, no snapshot": checked(
        FindingKind.UNTESTED, lambda _: {"comparison": replace(SNAPSHOT, exists=False)}
    ),
    "checked, not in the snapshot": checked(
        FindingKind.UNTESTED,
        lambda name: {"comparison": replace(SNAPSHOT, not_kept=(f"{name}/joined",))},
    ),
    **{f"compared, {each}": compared(kind, verdict=each) for each, kind in VERDICTS.items()},
    "compared, not to be used": compared(
        FindingKind.INVALID, verdict=Verdict.SLOWER, seen=(TOO_FEW,)
    ),
    "compared, answers differ": compared(
        FindingKind.PASSED,
        FindingKind.DIFFERS,
        verdict=Verdict.NO_DIFFERENCE,
        seen=(OTHER_ANSWERS,),
    ),
    "compared, skipped": compared(FindingKind.UNTESTED, untimed="skipped"),
    "compared, only one has it": compared(FindingKind.DIFFERS, untimed="differs"),
    "compared, broke down": compared(FindingKind.INVALID, untimed="failed"),
    "compared, not in the record": compared(FindingKind.INVALID),
    **{
        f"benched, {each}": benched(kind, verdict=each)
        for each, kind in VERDICTS.items()
        # Nothing invalidates a benchmark.
        if kind is not FindingKind.INVALID
    },
    "benched, only one has it": benched(FindingKind.DIFFERS),
}
