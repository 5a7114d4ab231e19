"""Samples and pairs as the generator would report them."""

from msgspec.structs import replace

from headtohead.load.messages.arm import Sample
from headtohead.load.messages.latency import Pair
from headtohead.protocol.server_timing import ServerTiming


def sample(variant: str = "one", **changes: object) -> Sample:
    timing = ServerTiming(
        variant=f"e/{variant}",
        queries=4,
        database_ms=1.5,
        cache_hits=3,
        cache_misses=1,
        total_ms=2.0,
    )
    fields = {
        "identity": f"e/{variant}",
        "started": 1_700_000_000.0,
        "milliseconds": 10.0,
        "body_bytes": 100,
        "checksum": 7,
        "server_timing": timing.to_header(),
        "error": "",
    }
    return Sample(**(fields | changes))


def pair(
    *,
    baseline_ms: float = 10.0,
    variant_ms: float = 5.0,
    error: str = "",
    variant: int = 0,
    elapsed_ms: float | None = None,
    cpu_ms: float = 1.0,
    baseline_first: bool = True,
    baseline_washed: float = 1.0,
    variant_washed: float = 1.0,
    **changes: object,
) -> Pair:
    baseline = sample("one", milliseconds=baseline_ms)
    compared = sample("other", milliseconds=variant_ms, error=error, **changes)
    return Pair(
        variant=variant,
        baseline_first=baseline_first,
        baseline_washout=replace(baseline, milliseconds=baseline_ms * baseline_washed),
        baseline_sample=baseline,
        variant_washout=replace(compared, milliseconds=variant_ms * variant_washed, error=""),
        variant_sample=compared,
        elapsed_ms=2 * (baseline_ms + variant_ms) if elapsed_ms is None else elapsed_ms,
        cpu_ms=cpu_ms,
    )
