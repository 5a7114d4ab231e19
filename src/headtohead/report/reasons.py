"""Why a variant is faster or slower, in words, as far as the server's own counts tell."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from headtohead.analysis.results import Metric, Verdict
from headtohead.records.comparison import Comparison
from headtohead.records.results import VariantResult
from headtohead.report.numbers import ARROW, count_change, milliseconds_change, percent, size

# Means of counts and sizes that differ by less are told as the same.
NOTABLE_QUERIES = 0.05
NOTABLE_HITS = 0.05
NOTABLE_BYTES = 0.01
# Database time explains a difference in latency only if it makes up this share of it.
EXPLAINING_SHARE = 0.1

_DIRECTIONS = {
    Verdict.FASTER: -1,
    Verdict.FASTER_SIZE_UNRESOLVED: -1,
    Verdict.SLOWER: 1,
    Verdict.SLOWER_SIZE_UNRESOLVED: 1,
}


@dataclass(frozen=True, kw_only=True)
class _Change:
    """One thing that differs from the baseline.

    Attributes:
        text: The change in words.
        direction: -1 where the variant does less work, 1 where it does more.
        weight: How much it changed, on a logarithmic scale.
    """

    text: str
    direction: int
    weight: float


def reason(*, baseline: VariantResult, variant: VariantResult, comparison: Comparison) -> str:
    """The cause of a difference in one short line.

    What explains the verdict comes first, the greatest change leading; what speaks against it
    follows a "despite".
    """
    direction = _DIRECTIONS.get(comparison.verdict, 0)
    changes = _changes(baseline, variant, comparison)
    both_tell = _both_tell(baseline, variant)
    same_queries = both_tell and not any(_query_changes(baseline, variant))
    if not changes and not both_tell:
        untold = [each.name for each in (baseline, variant) if not each.explained]
        verb = "reports" if len(untold) == 1 else "report"
        return f"{' and '.join(untold)} {verb} no server timing"
    if not changes:
        same = "same queries" if baseline.queries_per_request else "no queries"
        rest = "the difference lies outside the database" if direction else "similar database time"
        return f"{same}, {rest}"
    supporting, opposing = _by_side(changes, direction)
    parts = []
    if supporting:
        told_apart = same_queries and baseline.queries_per_request
        parts.append(supporting + (" with the same queries" if told_apart else ""))
    if opposing:
        parts.append(f"despite {opposing}")
    return ", ".join(parts)


def clause(*, baseline: VariantResult, variant: VariantResult, comparison: Comparison) -> str:
    """The reason as the end of a sentence that states the verdict.

    It says "because" only where a change points the way the verdict does.
    """
    words = reason(baseline=baseline, variant=variant, comparison=comparison)
    direction = _DIRECTIONS.get(comparison.verdict, 0)
    changes = _changes(baseline, variant, comparison)
    if direction and any(change.direction == direction for change in changes):
        return f", because {words}"
    return f", {words}" if words.startswith("despite") else f": {words}"


def _by_side(changes: list[_Change], direction: int) -> tuple[str, str]:
    supporting = [change.text for change in changes if change.direction != -direction]
    opposing = [change.text for change in changes if change.direction == -direction]
    return ", ".join(supporting), ", ".join(opposing)


def _changes(
    baseline: VariantResult, variant: VariantResult, comparison: Comparison
) -> list[_Change]:
    told = [
        *_query_changes(baseline, variant),
        *_database_changes(baseline, variant, comparison),
        *_cache_changes(baseline, variant),
    ]
    changes = [*(told if _both_tell(baseline, variant) else []), *_size_changes(baseline, variant)]
    return sorted(changes, key=lambda change: change.weight, reverse=True)


def _both_tell(baseline: VariantResult, variant: VariantResult) -> bool:
    return baseline.explained and variant.explained


def _query_changes(baseline: VariantResult, variant: VariantResult) -> Iterator[_Change]:
    before, after = baseline.queries_per_request, variant.queries_per_request
    if abs(after - before) >= NOTABLE_QUERIES:
        # Half a query on both sides keeps a drop to none finite.
        weight = abs(math.log((after + 0.5) / (before + 0.5)))
        text = f"{count_change(before, after)} queries"
        yield _Change(text=text, direction=_sign(after - before), weight=weight)


def _database_changes(
    baseline: VariantResult, variant: VariantResult, comparison: Comparison
) -> Iterator[_Change]:
    if not (baseline.queries_per_request and variant.queries_per_request):
        return  # the number of queries already says it
    before, after = baseline.db_ms_per_request, variant.db_ms_per_request
    cost = _milliseconds(baseline, comparison.metric)
    enough = max(
        comparison.margin * cost,
        EXPLAINING_SHARE * abs(_milliseconds(variant, comparison.metric) - cost),
    )
    if before > 0 < after and abs(after - before) >= enough:
        text = f"database {milliseconds_change(before, after)}"
        weight = abs(math.log(after / before))
        yield _Change(text=text, direction=_sign(after - before), weight=weight)


def _milliseconds(variant: VariantResult, metric: Metric) -> float:
    """What a request costs. Under load its latency is mostly waiting for the other users."""
    if metric is Metric.THROUGHPUT:
        return 1000 / variant.throughput_rps
    return variant.latency_ms.p50


def _cache_changes(baseline: VariantResult, variant: VariantResult) -> Iterator[_Change]:
    before, after = baseline.cache_hit_ratio, variant.cache_hit_ratio
    if after is None:
        if before is not None:
            yield _Change(text="no cache lookups", direction=_sign(before), weight=before)
        return
    if before is None:
        text = f"{percent(after)} cache hits"
        yield _Change(text=text, direction=-1 if after else 1, weight=after)
    elif abs(after - before) >= NOTABLE_HITS:
        text = f"cache hits {percent(before)} {ARROW} {percent(after)}"
        yield _Change(text=text, direction=_sign(before - after), weight=abs(after - before))


def _size_changes(baseline: VariantResult, variant: VariantResult) -> Iterator[_Change]:
    before, after = baseline.bytes_per_response, variant.bytes_per_response
    if before > 0 < after and abs(after / before - 1) >= NOTABLE_BYTES:
        text = f"{size(before)} {ARROW} {size(after)}"
        weight = abs(math.log(after / before))
        yield _Change(text=text, direction=_sign(after - before), weight=weight)


def _sign(value: float) -> int:
    return 1 if value > 0 else -1
