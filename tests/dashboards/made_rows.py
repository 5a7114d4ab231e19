"""Published runs made so that every mix-up of columns, rows or filters gives another answer."""

import math
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

from headtohead.analysis.results import LatencySummary, Metric, Verdict
from headtohead.publish.publish_runs import publish, replace_rows
from headtohead.records.comparison import Comparison, Mode
from headtohead.records.provenance import GitState
from headtohead.records.results import ExperimentResult, VariantResult
from headtohead.records.run import Run
from headtohead.services.databases.postgresql import connect
from headtohead.validity import host, sample_size
from tests.dashboards.made_series import WINDOW
from tests.report.samples import comparison, experiment, run, variant

BUSY = host.busy_machine(share=0.31, invalidates=False)
ALONE = host.single_core()
TOO_FEW = sample_size.too_few_pairs(pairs=40, needed=100)


def moment(second: float) -> datetime:
    """A time of the window; before it below 0, after it above 60."""
    return datetime.fromtimestamp(WINDOW.start, tz=UTC) + timedelta(seconds=second)


def answer(
    name: str, ratio: float, low: float, high: float, verdict: Verdict, metric: Metric
) -> Comparison:
    return comparison(
        name, ratio=ratio, half_width=0, verdict=verdict, ci95=(low, high), metric=metric
    )


def latency(name: str, ratio: float, low: float, high: float, verdict: Verdict) -> Comparison:
    return answer(name, ratio, low, high, verdict, Metric.LATENCY)


def listing(*comparisons: Comparison, **changes: object) -> ExperimentResult:
    variants = tuple(variant(each, median=7.0) for each in ("naive", "cached", "joined"))
    fields = {"variants": variants, "comparisons": comparisons}
    return experiment("listing", **fields | changes)


def summary(
    ratio: float, low: float, high: float, verdict: Verdict, **changes: object
) -> ExperimentResult:
    return experiment(
        "summary",
        variants=(variant("live", median=6.0), variant("cached", median=5.0)),
        comparisons=(
            comparison(
                "cached",
                ratio=ratio,
                half_width=0,
                ci95=(low, high),
                verdict=verdict,
                baseline="live",
            ),
        ),
        pairs=17,
        **changes,
    )


def named(
    name: str, second: int, *experiments: ExperimentResult, commit: str | None, **changes: object
) -> Run:
    fields = {
        "run_id": name,
        "started_at": moment(second),
        "git": GitState(commit=commit, dirty=False),
    }
    return run(*experiments, **fields | changes)


def served(
    name: str,
    *,
    requests: int,
    errors: int,
    percentiles: tuple[float, float, float],
    rate: float,
    queries: float,
    database: float,
    hits: float | None,
    size: float,
) -> VariantResult:
    p50, p95, p99 = percentiles
    return variant(
        name,
        median=1.0,
        requests=requests,
        errors=errors,
        latency_ms=LatencySummary(mean=2.5, p50=p50, p95=p95, p99=p99, quantiles=()),
        throughput_rps=rate,
        queries_per_request=queries,
        db_ms_per_request=database,
        cache_hit_ratio=hits,
        bytes_per_response=size,
    )


# What Head to head is asked for.
UNDER_LOAD = listing(
    answer("cached", 3.7, 3.1, 4.1, Verdict.FASTER, Metric.THROUGHPUT),
    answer("cached", 0.37, 0.34, 0.39, Verdict.FASTER, Metric.P50),
    answer("cached", 1.21, 1.16, 1.27, Verdict.SLOWER, Metric.P95),
    answer("cached", 0.92, 0.83, 0.99, Verdict.FASTER_SIZE_UNRESOLVED, Metric.P99),
    answer("joined", 0.86, 0.0, math.inf, Verdict.INCONCLUSIVE, Metric.THROUGHPUT),
    mode=Mode.THROUGHPUT,
    pairs=24,
    caveats=(BUSY,),
    variants=(
        served(
            "naive",
            requests=1301,
            errors=3,
            percentiles=(18.5, 31.5, 47.5),
            rate=163.0,
            queries=62.0,
            database=9.4,
            hits=None,
            size=24_001.0,
        ),
        served(
            "cached",
            requests=1303,
            errors=5,
            percentiles=(1.75, 3.25, 5.25),
            rate=821.0,
            queries=2.0,
            database=0.625,
            hits=0.97,
            size=24_007.0,
        ),
        served(
            "joined",
            requests=1307,
            errors=7,
            percentiles=(12.5, 21.5, 26.5),
            rate=211.0,
            queries=4.0,
            database=5.5,
            hits=0.13,
            size=24_019.0,
        ),
    ),
)

RUNS: Sequence[Run] = (
    named(
        "early", -90, listing(latency("cached", 0.11, 0.1, 0.12, Verdict.FASTER)), commit="0f" * 20
    ),
    named(
        "first",
        5,
        listing(
            latency("cached", 0.31, 0.29, 0.33, Verdict.FASTER),
            latency("joined", 1.13, 1.11, 1.17, Verdict.SLOWER),
        ),
        summary(0.98, 0.97, 1.01, Verdict.NO_DIFFERENCE, caveats=(ALONE,)),
        commit="1a" * 20,
        seconds=61.5,
    ),
    named(
        "second",
        10,
        UNDER_LOAD,
        summary(1.43, 1.41, 1.47, Verdict.SLOWER_SIZE_UNRESOLVED, caveats=(ALONE,)),
        commit="2b" * 20,
        git=GitState(commit="2b" * 20, dirty=True),
        seconds=62.5,
    ),
    # Its other answer may be used.
    named(
        "third",
        15,
        listing(latency("cached", 0.05, 0.04, 0.06, Verdict.FASTER), caveats=(TOO_FEW,)),
        summary(0.67, 0.61, 0.71, Verdict.FASTER),
        commit="3c" * 20,
        seconds=63.5,
    ),
    named(
        "fourth",
        20,
        listing(latency("cached", 0.07, 0.06, 0.08, Verdict.FASTER)),
        commit="3c" * 20,
        seconds=64.5,
        complete=False,
    ),
    named(
        "fifth",
        25,
        listing(
            latency("cached", 0.41, 0.37, 0.43, Verdict.FASTER),
            latency("joined", 1.19, 0.89, 1.31, Verdict.INCONCLUSIVE),
        ),
        commit=None,
        seconds=65.5,
    ),
    named("sixth", 30, summary(0.53, 0.47, 0.59, Verdict.FASTER), commit="4d" * 20, seconds=66.5),
    # It was interrupted before it found anything.
    named("seventh", 35, commit=None, seconds=67.5, complete=False),
    named(
        "late",
        90,
        listing(
            latency("cached", 0.13, 0.12, 0.14, Verdict.FASTER),
            latency("joined", 1.07, 1.06, 1.08, Verdict.SLOWER),
        ),
        commit="5e" * 20,
    ),
)

ANCHOR = "a0" * 20


def measured(subject: str, second: int, ratio: float) -> Mapping[str, object]:
    return {
        "subject": subject,
        "metric": Metric.LATENCY,
        "anchor": ANCHOR,
        "git_commit": f"{second:040x}",
        "committed_at": moment(second),
        "ratio": ratio,
        "ci95_low": ratio - 0.01,
        "ci95_high": ratio + 0.01,
        "verdict": Verdict.NO_DIFFERENCE,
        "run_id": f"of-{second}",
        # Measured long after it was committed.
        "measured_at": moment(1_000 + second),
    }


def changed(
    subject: str, second: int, step: float, low: float, high: float
) -> Mapping[str, object]:
    return {
        "subject": subject,
        "metric": Metric.LATENCY,
        "anchor": ANCHOR,
        "git_commit": f"{second}b" * 20,
        "committed_at": moment(second),
        "step": step,
        "ci95_low": low,
        "ci95_high": high,
    }


HISTORY = {
    "history": [
        measured("listing", -5, 0.91),
        measured("listing", 12, 1.02),
        measured("summary", 12, 0.96),
        measured("listing", 24, 1.09),
        measured("summary", 65, 0.94),
    ],
    "changes": [
        changed("listing", -5, 1.5, 1.4, 1.6),
        changed("listing", 12, 1.075, 1.055, 1.095),
        changed("summary", 24, 0.925, 0.905, 0.935),
        changed("summary", 65, 0.5, 0.4, 0.6),
    ],
}

# As pg_stat_statements has them: query, calls, total and mean milliseconds, rows, and the database
# where it is another.
STATEMENTS = (
    *((f"SELECT {number}", 1, float(number), 0.5, 3, None) for number in range(1, 20)),
    ("SELECT *\n  FROM product\n WHERE id = $1", 307, 4001.0, 13.5, 311, None),
    ("SELECT count(*) FROM brand", 11, 2003.0, 182.5, 13, None),
    ("SELECT * FROM pg_stat_activity", 17, 9001.0, 529.5, 19, None),
    ("SELECT * FROM pg_settings", 17, 9002.0, 529.5, 19, None),
    ("SELECT * FROM elsewhere", 23, 9003.0, 391.5, 29, "template1"),
)


def write(url: str) -> None:
    """Write all of it into the tables of a database."""
    publish(RUNS, url=url)
    replace_rows(HISTORY, url=url)
    with closing(connect(url)) as connection, connection, connection.cursor() as cursor:
        # The real one would count what tests ask.
        cursor.execute(
            "CREATE TABLE pg_stat_statements (query text, calls bigint, total_exec_time float, "
            "mean_exec_time float, rows bigint, dbid oid)"
        )
        for *columns, whose in STATEMENTS:
            cursor.execute(
                "INSERT INTO pg_stat_statements SELECT %s, %s, %s, %s, %s, oid FROM pg_database "
                "WHERE datname = coalesce(%s, current_database())",
                [*columns, whose],
            )
