"""What a record amounts to in the tables."""

import math
from collections.abc import Iterator, Mapping, Sequence

from headtohead.records.comparison import Comparison
from headtohead.records.results import ExperimentResult, VariantResult
from headtohead.records.run import Run
from headtohead.records.store import to_json

Row = Mapping[str, object]


def rows_of(run: Run) -> Mapping[str, Sequence[Row]]:
    """The rows of a run by table, in the order in which the tables refer to each other."""
    return {
        "runs": [
            {
                "run_id": run.run_id,
                "started_at": run.started_at,
                "seconds": run.seconds,
                "complete": run.complete,
                "valid": run.valid,
                "git_commit": run.git.commit,
                "git_dirty": run.git.dirty,
                "record": to_json(run),
            }
        ],
        "results": [
            {
                **_key(run, each),
                "question": each.question,
                "mode": each.mode,
                "pairs": each.pairs,
            }
            for each in run.experiments
        ],
        "variants": list(_variants(run)),
        "comparisons": list(_comparisons(run)),
        "caveats": [
            {
                **_key(run, each),
                "code": caveat.code,
                "message": caveat.message,
                "advice": caveat.advice,
            }
            for each in run.experiments
            for caveat in each.caveats
        ],
    }


def _key(run: Run, result: ExperimentResult) -> Row:
    return {"run_id": run.run_id, "experiment": result.name}


def _variants(run: Run) -> Iterator[Row]:
    for result in run.experiments:
        for variant in result.variants:
            baseline = variant.name == result.baseline
            yield {**_key(run, result), "baseline": baseline, **_variant(variant)}


def _variant(variant: VariantResult) -> Row:
    return {
        "variant": variant.name,
        "requests": variant.requests,
        "errors": variant.errors,
        "mean_ms": variant.latency_ms.mean,
        "p50_ms": variant.latency_ms.p50,
        "p95_ms": variant.latency_ms.p95,
        "p99_ms": variant.latency_ms.p99,
        "throughput_rps": variant.throughput_rps,
        "queries_per_request": variant.queries_per_request,
        "db_ms_per_request": variant.db_ms_per_request,
        "cache_hit_ratio": variant.cache_hit_ratio,
        "bytes_per_response": variant.bytes_per_response,
    }


def _comparisons(run: Run) -> Iterator[Row]:
    for result in run.experiments:
        for comparison in result.comparisons:
            # As reports say it: what was judged before a control failed may not be believed.
            verdict = result.verdict_on(comparison)
            yield {**_key(run, result), **_comparison(comparison), "verdict": verdict}


def _comparison(comparison: Comparison) -> Row:
    low, high = comparison.ci95
    bounded = math.isfinite(high)
    return {
        "variant": comparison.variant,
        "baseline": comparison.baseline,
        "metric": comparison.metric,
        "ratio": comparison.ratio,
        # An interval without an upper bound begins at 0 and says nothing either way.
        "ci95_low": low if bounded else None,
        "ci95_high": high if bounded else None,
        "margin": comparison.margin,
        "seconds": comparison.seconds,
        "stopped_early": comparison.stopped_early,
    }
