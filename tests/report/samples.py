"""Realistic runs, one for each thing a report has to tell."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from statistics import NormalDist

from headtohead.analysis.results import LatencySummary, Metric, Verdict
from headtohead.records.comparison import Comparison, ErrorDifference, Mode
from headtohead.records.provenance import Environment, GitState
from headtohead.records.results import (
    BackgroundUse,
    Caveat,
    ExperimentResult,
    GeneratorUse,
    Lateness,
    Machine,
    OfferedLoad,
    OpenModel,
    Step,
    StepVariant,
    VariantIntervals,
    VariantResult,
)
from headtohead.records.run import SCHEMA_VERSION, Run
from headtohead.validity import comparison as comparison_rules
from headtohead.validity import generator, host, load, requests, sample_size


def latency(*, median: float, spread: float = 0.12) -> LatencySummary:
    """A log-normal distribution of latencies around `median` milliseconds."""
    normal = NormalDist()
    levels = [0.0005, *(percent / 100 for percent in range(1, 100)), 0.9995]
    quantiles = tuple(median * math.exp(spread * normal.inv_cdf(level)) for level in levels)
    return LatencySummary(
        mean=sum(quantiles) / len(quantiles),
        p50=quantiles[50],
        p95=quantiles[95],
        p99=quantiles[99],
        quantiles=quantiles,
    )


def variant(name: str, *, median: float, **changes: object) -> VariantResult:
    fields = {
        "name": name,
        "requests": 1840,
        "errors": 0,
        "latency_ms": latency(median=median),
        "throughput_rps": 1000 / median,
        "queries_per_request": 3.0,
        "db_ms_per_request": median / 3,
        "cache_hit_ratio": None,
        "bytes_per_response": 24_310.0,
    }
    return VariantResult(**fields | changes)  # type: ignore[arg-type]


def comparison(
    variant_name: str, *, ratio: float, half_width: float, verdict: Verdict, **changes: object
) -> Comparison:
    fields = {
        "variant": variant_name,
        "baseline": "naive",
        "metric": Metric.LATENCY,
        "pairs": 1840,
        "ratio": ratio,
        "ci95": (ratio * (1 - half_width), ratio * (1 + half_width)),
        "margin": 0.02,
        "verdict": verdict,
        "detectable": half_width,
        "seconds": 12.5,
        "stopped_early": False,
        "anytime_ci95": (ratio * (1 - 1.5 * half_width), ratio * (1 + 1.5 * half_width)),
    }
    return Comparison(**fields | changes)  # type: ignore[arg-type]


def experiment(
    name: str,
    *,
    variants: tuple[VariantResult, ...],
    comparisons: tuple[Comparison, ...],
    caveats: tuple[Caveat, ...] = (),
    **changes: object,
) -> ExperimentResult:
    fields = {
        "name": name,
        "question": f"Is there a faster way to serve {name}?",
        "mode": Mode.LATENCY,
        "baseline": variants[0].name,
        "method": "GET",
        "path": f"/api/{name}/?page=2",
        "pairs": 1840,
        "seed": 7,
        "variants": variants,
        "comparisons": comparisons,
        "caveats": caveats,
    }
    return ExperimentResult(**fields | changes)  # type: ignore[arg-type]


def run(*experiments: ExperimentResult, **changes: object) -> Run:
    fields = {
        "schema": SCHEMA_VERSION,
        "run_id": "20260301-101530-5f3c",
        "started_at": datetime(2026, 3, 1, 10, 15, 30, tzinfo=UTC),
        "seconds": 61.4,
        "complete": True,
        "git": GitState(commit="8f14e45fceea167a5a36dedd4bea2543c1a7c0de", dirty=True),
        "environment": Environment(
            cpu="AMD EPYC 7B13",
            cores=2,
            memory_bytes=8_200_000_000,
            system="Linux 6.1.0",
            python="3.11.9",
            packages={"django": "5.2.8", "djangorestframework": "3.16.1"},
            servers={"postgresql": "18.1", "valkey": "9.0.1"},
            load_before=0.31,
            load_after=1.12,
            rows=20_000,
        ),
        "experiments": experiments,
    }
    return Run(**fields | changes)  # type: ignore[arg-type]


NAIVE = variant("naive", median=18.24, queries_per_request=62.0, db_ms_per_request=9.4)


def ten_times_faster() -> ExperimentResult:
    return experiment(
        "product-list",
        variants=(NAIVE, variant("prefetched", median=1.7, db_ms_per_request=0.62)),
        comparisons=(
            comparison(
                "prefetched",
                ratio=0.0931,
                half_width=0.02,
                verdict=Verdict.FASTER,
                stopped_early=True,
            ),
        ),
    )


def no_difference() -> ExperimentResult:
    return experiment(
        "brand-list",
        variants=(variant("naive", median=4.2), variant("joined", median=4.22)),
        comparisons=(
            comparison("joined", ratio=1.004, half_width=0.007, verdict=Verdict.NO_DIFFERENCE),
        ),
    )


def slower() -> ExperimentResult:
    return experiment(
        "order-history",
        variants=(
            variant("naive", median=30.1, queries_per_request=14.0, db_ms_per_request=6.0),
            variant("joined", median=48.4, queries_per_request=1.0, db_ms_per_request=31.0),
        ),
        comparisons=(comparison("joined", ratio=1.61, half_width=0.04, verdict=Verdict.SLOWER),),
    )


def inconclusive() -> ExperimentResult:
    return experiment(
        "search",
        variants=(variant("naive", median=88.0), variant("trigram", median=85.0)),
        comparisons=(
            comparison("trigram", ratio=0.97, half_width=0.14, verdict=Verdict.INCONCLUSIVE),
        ),
        caveats=(host.busy_machine(share=0.31, invalidates=False),),
    )


def invalid() -> ExperimentResult:
    """Looks ten times faster, and must not be believed."""
    return experiment(
        "category-summary",
        variants=(NAIVE, variant("cached", median=1.1, errors=12, requests=40)),
        comparisons=(
            comparison("cached", ratio=0.0603, half_width=0.3, verdict=Verdict.FASTER, pairs=40),
        ),
        caveats=(
            sample_size.too_few_pairs(pairs=40, needed=100),
            requests.request_errors(
                variant="cached", errors=12, requests=40, example="500 Internal Server Error"
            ),
        ),
    )


def several_variants() -> ExperimentResult:
    return experiment(
        "product-detail",
        variants=(
            variant("naive", median=6.1, queries_per_request=7.0, db_ms_per_request=2.8),
            variant(
                "cached",
                median=1.2,
                queries_per_request=0.0,
                db_ms_per_request=0.0,
                cache_hit_ratio=1.0,
            ),
            variant("joined", median=5.0, queries_per_request=2.0, db_ms_per_request=1.9),
            variant("compressed", median=6.4, queries_per_request=7.0, db_ms_per_request=2.8),
        ),
        comparisons=(
            comparison("cached", ratio=0.197, half_width=0.02, verdict=Verdict.FASTER),
            comparison(
                "joined", ratio=0.95, half_width=0.04, verdict=Verdict.FASTER_SIZE_UNRESOLVED
            ),
            comparison(
                "compressed", ratio=1.03, half_width=0.02, verdict=Verdict.SLOWER_SIZE_UNRESOLVED
            ),
        ),
        caveats=(host.busy_machine(share=0.31, invalidates=False),),
    )


def long_names() -> ExperimentResult:
    name = "customer-order-history-with-items-products-and-their-categories"
    chosen = "prefetched-with-window-functions-and-only-the-needed-columns"
    return experiment(
        name,
        variants=(NAIVE, variant(chosen, median=9.1, db_ms_per_request=3.1)),
        comparisons=(comparison(chosen, ratio=0.499, half_width=0.02, verdict=Verdict.FASTER),),
    )


def one_of_each() -> tuple[ExperimentResult, ...]:
    return (ten_times_faster(), no_difference(), slower(), inconclusive(), invalid())


def twenty() -> tuple[ExperimentResult, ...]:
    ratios = [0.3 * 1.15**number for number in range(20)]
    return tuple(
        experiment(
            f"listing-{number}",
            variants=(NAIVE, variant("prefetched", median=18.24 * ratio)),
            comparisons=(
                comparison(
                    "prefetched",
                    ratio=ratio,
                    half_width=0.03,
                    verdict=Verdict.FASTER if ratio < 1 else Verdict.SLOWER,
                ),
            ),
            caveats=(host.single_core(),),
        )
        for number, ratio in enumerate(ratios)
    )


def under_load() -> ExperimentResult:
    """Throughput and its guardrails with eight users, one of which is hurt."""
    intervals = VariantIntervals(
        throughput_rps=(150.0, 171.0),
        p50=(46.1, 52.2),
        p95=(60.3, 71.0),
        p99=(0.0, math.inf),
        error_ratio=(0.0, 0.0031),
    )
    return experiment(
        "product-list",
        mode=Mode.THROUGHPUT,
        users=8,
        pairs=24,
        variants=(
            replace(NAIVE, throughput_rps=160.0, intervals=intervals, knee_users=4),
            variant(
                "prefetched",
                median=9.2,
                db_ms_per_request=0.62,
                throughput_rps=820.0,
                intervals=intervals,
            ),
        ),
        comparisons=(
            under_load_comparison(Metric.THROUGHPUT, ratio=5.12, verdict=Verdict.FASTER),
            under_load_comparison(Metric.P50, ratio=0.191, verdict=Verdict.FASTER),
            under_load_comparison(Metric.P95, ratio=1.31, verdict=Verdict.SLOWER),
            under_load_comparison(
                Metric.P99,
                ratio=0.9,
                verdict=Verdict.INCONCLUSIVE,
                ci95=(0.0, math.inf),
                detectable=math.inf,
                pairs=3,
            ),
        ),
        error_differences=(
            ErrorDifference(
                variant="prefetched", baseline="naive", difference=0.0, ci95=(-0.0031, 0.0007)
            ),
        ),
    )


def under_load_comparison(
    metric: Metric, *, ratio: float, verdict: Verdict, **changes: object
) -> Comparison:
    fields = {"metric": metric, "pairs": 24, "anytime_ci95": None}
    return comparison(
        "prefetched", ratio=ratio, half_width=0.04, verdict=verdict, **fields | changes
    )


def stepped_up() -> ExperimentResult:
    """The naive variant has its knee at four users, the other none up to eight."""

    def step(users: int, *, naive: float, prefetched: float) -> Step:
        rates = {"naive": naive, "prefetched": prefetched}
        return Step(
            users=users,
            variants=tuple(
                StepVariant(
                    name=name,
                    throughput_rps=rate,
                    throughput_ci95=(rate * 0.96, rate * 1.05) if users > 1 else (0.0, math.inf),
                    p50=users / rate * 1000,
                    p99=users / rate * 2100,
                )
                for name, rate in rates.items()
            ),
        )

    return replace(
        under_load(),
        steps=(
            step(1, naive=51.0, prefetched=130.0),
            step(2, naive=98.0, prefetched=240.0),
            step(4, naive=157.0, prefetched=445.0),
            step(8, naive=160.0, prefetched=820.0),
        ),
    )


def invalid_under_load() -> ExperimentResult:
    """Requests that no block could hold."""
    return replace(
        under_load(),
        name="order-history",
        caveats=(load.requests_outlast_blocks(variant="order-history/naive", share=0.31, users=8),),
    )


def open_model() -> ExperimentResult:
    """Requests that arrive at a rate which the baseline cannot keep up with."""

    def arrived(
        result: VariantResult, *, unsent: int, service: float, rps: float, late: float
    ) -> VariantResult:
        return replace(
            result,
            throughput_rps=rps,
            open_model=OpenModel(
                planned=1_240,
                sent=1_240 - unsent,
                unsent=unsent,
                rate_planned=51.7,
                rate_achieved=51.7 * (1_240 - unsent) / 1_240,
                lateness_ms=Lateness(p50=0.08, p95=0.4, p99=late, max=late * 1.2),
                generator_lag_ms=Lateness(p50=0.08, p95=0.4, p99=0.9, max=2.3),
                service_ms=latency(median=service),
            ),
        )

    loaded = under_load()
    naive, prefetched = loaded.variants
    _, p50, p95, p99 = loaded.comparisons
    return replace(
        loaded,
        mode=Mode.OPEN,
        users=256,
        offered=OfferedLoad(rate=50.0, arrivals="poisson", stretch_seconds=1.0),
        variants=(
            arrived(naive, unsent=31, service=12.6, rps=44.9, late=1_310.0),
            arrived(prefetched, unsent=0, service=9.1, rps=51.1, late=0.9),
        ),
        comparisons=(replace(p50, metric=Metric.LATENCY), p95, p99),
        caveats=(
            load.unsent_work(variant="product-list/naive", unsent=31, planned=1_240, users=256),
            load.overloaded(variant="product-list/naive", growth=2.7, rate=50.0, seconds=1.0),
        ),
    )


def unbounded() -> ExperimentResult:
    """So few pairs that the interval says nothing, and yet no caveat forbids it."""
    return experiment(
        "brand-detail",
        variants=(variant("naive", median=2.0), variant("joined", median=1.9)),
        comparisons=(
            comparison(
                "joined",
                ratio=0.95,
                half_width=0.0,
                verdict=Verdict.INCONCLUSIVE,
                ci95=(0.0, math.inf),
                detectable=math.inf,
                pairs=4,
            ),
        ),
    )


def held_up() -> ExperimentResult:
    """Everything that can go wrong around a measurement went wrong."""
    return replace(
        several_variants(),
        caveats=(
            generator.client_bound(share=0.62),
            generator.generator_saturated(share=0.91),
            generator.held_up(share=0.314, p99_ms=66.3, max_ms=1204.0),
            host.server_restarted(servers=("PostgreSQL", "API")),
            host.clock_stepped(seconds=-3599.87),
            requests.body_changed(changed=17, requests=3680),
            host.stolen_cores(share=0.12, invalidates=False),
            comparison_rules.control_failed(experiment="product-detail", ratio=1.147),
        ),
        generator=GeneratorUse(
            cpu_share=0.91, held_up_share=0.314, lag_p99_ms=66.3, lag_max_ms=1204.0
        ),
        machine=Machine(steal=0.12, others=0.314, load=3.29),
    )


def control() -> ExperimentResult:
    """A baseline against itself."""
    return experiment(
        "product-list",
        variants=(NAIVE, replace(NAIVE, name="naive again")),
        comparisons=(
            comparison("naive again", ratio=1.004, half_width=0.007, verdict=Verdict.NO_DIFFERENCE),
        ),
    )


def beside_others() -> ExperimentResult:
    """Measured while a shop's customers were about."""
    return replace(
        slower(),
        caveats=(
            generator.background_errors(
                scenario="shop",
                errors=1,
                requests=58,
                example="GET /api/products/[id]/: status 500",
                invalidates=False,
            ),
        ),
        background=BackgroundUse(
            scenario="shop", users=20, requests=58, errors=1, requests_per_second=2.9
        ),
    )


def sharing_an_alpha(*experiments: ExperimentResult) -> tuple[ExperimentResult, ...]:
    """The same experiments with verdicts that were judged together."""
    comparisons = sum(len(each.comparisons) for each in experiments)
    return tuple(
        replace(
            each,
            comparisons=tuple(replace(one, alpha=0.05 / comparisons) for one in each.comparisons),
        )
        for each in experiments
    )


SAMPLES: Mapping[str, Callable[[], Run]] = {
    "one": lambda: run(ten_times_faster()),
    "mixed": lambda: run(*one_of_each(), several_variants(), unbounded()),
    "long names": lambda: run(long_names(), ten_times_faster()),
    "twenty": lambda: run(*twenty()),
    "controlled": lambda: run(*sharing_an_alpha(ten_times_faster(), held_up()), control=control()),
    "under load": lambda: run(under_load()),
    "stepped up": lambda: run(stepped_up(), invalid_under_load()),
    "open model": lambda: run(open_model()),
    "beside others": lambda: run(beside_others()),
    "only invalid, cut short": lambda: run(invalid(), complete=False),
}
