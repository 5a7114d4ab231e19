"""Everything that a gate can find, each in the smallest record that holds it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from headtohead import caveats
from headtohead.bench.record import LeftOut
from headtohead.check.outcome import Comparison, Outcome
from headtohead.gate.benched import judge_bench
from headtohead.gate.checked import judge_check
from headtohead.gate.compared import judge_comparison
from headtohead.gate.judgement import Judgement, Measured
from headtohead.gate.policy import Kind, Policy
from headtohead.measurement import ComparedRevision, Revisions, Run, UntimedEndpoint, Verdict
from headtohead.run.preflight import Finding, Preflight
from tests.bench.factories import bench, benchmark
from tests.gate.samples import LINE
from tests.report import samples

SIDE = ComparedRevision(name="main", commit="1" * 40, changed=False)
NAME, PATH = "product-list", "/products/"
ASKED = Preflight(answers={}, findings=())
BROKEN = Finding(variant=f"{NAME}/joined", problem="the body differs", fix="mend it", source=LINE)
SNAPSHOT = Comparison(path=Path("queries.json"))

# What was measured of what counts, by how.
EFFECTS = {
    "compared": Measured(ratio=1.61, ci95=(1.5, 1.7), margin=0.02),
    "benched": Measured(ratio=1.2, ci95=(1.1, 1.3), margin=0.05),
}

Judge = Callable[[Policy], Iterator[Judgement]]


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something found of the experiment `NAME`.

    Attributes:
        kinds: What it is to a gate.
        judge: Judges the record that holds it.
    """

    kinds: tuple[Kind, ...]
    judge: Judge


def checked(*kinds: Kind, **outcome: object) -> Found:
    given = Outcome(**{"preflights": {NAME: ASKED}} | outcome)  # type: ignore[arg-type]
    return Found(
        kinds=kinds, judge=lambda policy: judge_check(given, experiments=[NAME], policy=policy)
    )


def compared(
    *kinds: Kind,
    verdict: Verdict | None = None,
    seen: tuple[caveats.Caveat, ...] = (),
    untimed: str = "",
) -> Found:
    experiments = ()
    if verdict:
        (comparison,) = samples.slower().comparisons
        judged = (replace(comparison, verdict=verdict, **asdict(EFFECTS["compared"])),)
        experiments = (replace(samples.slower(), name=NAME, caveats=seen, comparisons=judged),)
    left = (UntimedEndpoint(path=PATH, reason="it answers 500", kind=untimed),) if untimed else ()
    revisions = Revisions(base=SIDE, head=SIDE, rounds=8, error_rate=0.005, untimed=left)
    run: Run = samples.run(*experiments, revisions=revisions)
    return Found(
        kinds=kinds,
        judge=lambda policy: judge_comparison(run, endpoints={NAME: PATH}, policy=policy),
    )


def benched(*kinds: Kind, verdict: Verdict | None = None) -> Found:
    record = (
        bench(benchmark(NAME, verdict, **asdict(EFFECTS["benched"])))
        if verdict
        else bench(left_out=(LeftOut(name=NAME, reason="only base has it"),))
    )
    return Found(kinds=kinds, judge=lambda policy: judge_bench(record, policy=policy))


# What a verdict on two revisions is to a gate.
VERDICTS = {
    Verdict.FASTER: Kind.FASTER,
    Verdict.FASTER_SIZE_UNRESOLVED: Kind.FASTER,
    Verdict.NO_DIFFERENCE: Kind.PASSED,
    Verdict.SLOWER: Kind.SLOWER,
    Verdict.SLOWER_SIZE_UNRESOLVED: Kind.UNRESOLVED,
    Verdict.INCONCLUSIVE: Kind.INCONCLUSIVE,
    Verdict.INVALID: Kind.INVALID,
}

FINDINGS: Mapping[str, Found] = {
    "checked, nothing wrong": checked(Kind.PASSED, comparison=SNAPSHOT),
    "checked, other bodies at once": checked(
        Kind.CHECKS, preflights={NAME: Preflight(answers={}, findings=(BROKEN,))}
    ),
    "checked, other bodies at rows of its own": checked(Kind.CHECKS, apart=(BROKEN,)),
    "checked, cannot be asked": checked(Kind.UNTESTED, preflights={}, comparison=SNAPSHOT),
    "checked, its SQL not looked at": checked(Kind.UNTESTED),
    "checked, no snapshot": checked(Kind.UNTESTED, comparison=replace(SNAPSHOT, exists=False)),
    "checked, not in the snapshot": checked(
        Kind.UNTESTED, comparison=replace(SNAPSHOT, not_kept=(f"{NAME}/joined",))
    ),
    **{f"compared, {each}": compared(kind, verdict=each) for each, kind in VERDICTS.items()},
    "compared, not to be used": compared(
        Kind.INVALID, verdict=Verdict.SLOWER, seen=(caveats.too_few_pairs(pairs=1, needed=100),)
    ),
    "compared, answers differ": compared(
        Kind.PASSED,
        Kind.DIFFERS,
        verdict=Verdict.NO_DIFFERENCE,
        seen=(caveats.bodies_differ(where="body.count: 1, not 2"),),
    ),
    "compared, skipped": compared(Kind.UNTESTED, untimed="skipped"),
    "compared, only one has it": compared(Kind.DIFFERS, untimed="differs"),
    "compared, broke down": compared(Kind.INVALID, untimed="failed"),
    "compared, not in the record": compared(Kind.INVALID),
    **{
        f"benched, {each}": benched(kind, verdict=each)
        for each, kind in VERDICTS.items()
        # Nothing invalidates a benchmark.
        if kind is not Kind.INVALID
    },
    "benched, only one has it": benched(Kind.DIFFERS),
}
