"""Runs that together hold everything a report can say."""

from dataclasses import replace

from headtohead.analysis.results import Verdict
from headtohead.records.explained import Explained
from headtohead.records.provenance import ComparedRevision, GitState
from headtohead.records.results import BackgroundUse, GeneratorUse, Machine
from headtohead.records.run import Revisions, Run, UntimedEndpoint
from tests import explaining
from tests.every_caveat import EVERY_CAVEAT
from tests.report import samples


def everything() -> Run:
    """Variants of one revision, in every mode, with every verdict and every caveat."""
    busier = BackgroundUse(
        scenario="shop", users=20, requests=96, errors=2, requests_per_second=4.8
    )
    experiments = (
        *samples.one_of_each(),
        samples.several_variants(),
        samples.unbounded(),
        replace(samples.beside_others(), name="beside-few"),
        replace(samples.beside_others(), name="beside-many", background=busier),
        untold(),
        replace(samples.stepped_up(), name="stepped-up"),
        replace(samples.under_load(), name="on-workers", workers=2),
        replace(samples.invalid_under_load(), name="outlasting"),
        replace(samples.open_model(), name="open-model"),
        replace(samples.held_up(), name="weakened", caveats=caveats(invalidating=False)),
        replace(samples.held_up(), name="invalidated", caveats=caveats(invalidating=True)),
    )
    return samples.run(
        *samples.sharing_an_alpha(*experiments), control=samples.control(), complete=False
    )


def compared() -> Run:
    """Two revisions, of which some endpoints could not be timed."""
    sides = {
        name: ComparedRevision(name=name, commit=commit * 40, changed=name == "working tree")
        for name, commit in {"main": "1", "working tree": "2"}.items()
    }
    return samples.run(
        samples.ten_times_faster(),
        wider_margin(),
        control=samples.control(),
        git=GitState(commit="8f14e45fceea167a5a36dedd4bea2543c1a7c0de", dirty=False),
        revisions=Revisions(
            base=sides["main"],
            head=sides["working tree"],
            rounds=8,
            alpha=0.005,
            untimed=tuple(
                UntimedEndpoint(path=f"/{kind}/", reason=reason, kind=kind)
                for kind, reason in {
                    "skipped": "both answer 404",
                    "differs": "head answers 500",
                    "failed": "not a pair of requests succeeded",
                }.items()
            ),
        ),
    )


def elsewhere() -> Run:
    """Outside a repository, on one core that others may use, at rows that nobody could count."""
    experiment = replace(
        samples.slower(),
        generator=GeneratorUse(cpu_share=0.2, held_up_share=0.01, lag_p99_ms=0.4, lag_max_ms=9.5),
        machine=Machine(steal=0.0, others=None, load=1.0),
    )
    run = samples.run(experiment, git=GitState(commit=None, dirty=False))
    return replace(run, environment=replace(run.environment, rows=0, cores=1, servers={}))


def explained() -> Explained:
    """What explains the first experiment, taken at other rows."""
    return explaining.explained(rows=50)


def caveats(*, invalidating: bool) -> tuple[samples.Caveat, ...]:
    return tuple(each for _, each in EVERY_CAVEAT if each.invalidates is invalidating)


def untold() -> samples.ExperimentResult:
    """A server that tells nothing of what a request takes."""
    return samples.experiment(
        "observer",
        variants=(
            samples.variant("bare", median=2.0, explained=False),
            samples.variant("silk", median=17.0, bytes_per_response=512.0, cache_hit_ratio=0.25),
        ),
        comparisons=(
            samples.comparison(
                "silk", baseline="bare", ratio=8.5, half_width=0.2, verdict=Verdict.SLOWER
            ),
        ),
    )


def wider_margin() -> samples.ExperimentResult:
    (comparison,) = samples.slower().comparisons
    return replace(samples.slower(), comparisons=(replace(comparison, margin=0.05),))


RUNS = {"everything": everything, "compared": compared, "elsewhere": elsewhere}
