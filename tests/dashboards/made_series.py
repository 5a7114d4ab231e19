"""Series made so that every mix-up of metrics, labels, parts or quantiles gives another number.

No two series have the same value: each is the next prime, as the rate of a counter, of a bucket of
a histogram, or as a gauge. Most come from two instances, so that it shows how these are put
together.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import accumulate, count

import numpy as np

from dashboards.checks.sources import Window

SCRAPE_SECONDS = 15
# What `$__rate_interval` amounts to.
LOOKS_BACK = 4 * SCRAPE_SECONDS
WINDOW = Window(start=1_772_366_400, end=1_772_366_400 + LOOKS_BACK)
# For so many seconds all counters have counted when the window ends.
COUNTED = 1_000

BOUNDS = (0.01, 0.02, 0.05, 0.1, 0.2)
# What nobody asks for in the time that is shown: its counters stand still.
FORMER = "api/former/"

Labels = Mapping[str, str]
_Wanted = str | Collection[str]


def _labels(names: str, *values: str) -> list[Labels]:
    return [
        dict(zip(names.split(), each.split(), strict=True), instance=instance)
        for each in values
        for instance in ("one", "other")
    ]


SERVED = [
    # It matched no address.
    {"experiment": "none", "variant": "none", "route": "", "instance": "one"},
    *_labels(
        "experiment variant route",
        "none none api/products/",
        "none none api/brands/",
        f"none none {FORMER}",
        "listing naive api/products/",
        "listing joined api/products/",
        "listing cached api/brands/",
        "summary live api/categories/",
        "summary cached api/categories/",
    ),
]
MEASURED = _labels("experiment", "listing", "summary")
SENT = _labels(
    "experiment variant",
    *("listing naive", "listing cached", "listing joined", "summary live", "summary cached"),
)
COMPARED = _labels(
    "experiment variant metric",
    "listing cached latency",
    "listing joined throughput",
    "summary cached latency",
    # Guardrails, which the ratio is not.
    "listing cached p95",
    "listing joined p95",
)
EVENTS = [
    {"experiment": experiment, "variant": variant, "event": event, "run_id": "run-1"}
    for experiment, variant, event in (
        ("listing", "", "start"),
        ("listing", "joined", "switch"),
        ("listing", "joined", "verdict"),
        ("listing", "", "end"),
        ("summary", "", "start"),
    )
]
TASKS = _labels("task", "send_mail", "count_stock")
ENDED = _labels("task state", "send_mail SUCCESS", "send_mail FAILURE", "count_stock SUCCESS")
DATABASES = _labels("alias vendor", "default postgresql", "replica sqlite")
BACKENDS = _labels("backend", "redis", "locmem")
MODELS = _labels("model", "product", "order")
SERVERS = _labels("", "")

METRICS: Mapping[str, list[Labels]] = {
    "headtohead_request_errors_total": SERVED,
    "headtohead_request_client_errors_total": SERVED,
    "headtohead_database_queries_total": SERVED,
    "headtohead_database_seconds_total": SERVED,
    "headtohead_cache_hits_total": SERVED,
    "headtohead_cache_misses_total": SERVED,
    "headtohead_cache_invalidations_total": SERVERS,
    "headtohead_task_total": ENDED,
    "headtohead_generator_users": MEASURED,
    "headtohead_generator_planned_rate": MEASURED,
    "headtohead_generator_late_seconds": MEASURED,
    "headtohead_generator_loop_lag_seconds": MEASURED,
    "headtohead_generator_cpu_ratio": MEASURED,
    "headtohead_generator_requests_total": SENT,
    "headtohead_generator_errors_total": SENT,
    "headtohead_generator_pairs_total": SENT,
    "headtohead_run_ratio": COMPARED,
    "headtohead_run_ratio_low": COMPARED,
    "headtohead_run_ratio_high": COMPARED,
    "headtohead_run_position_ratio": MEASURED,
    "headtohead_run_event_timestamp_seconds": EVENTS,
    "redis_evicted_keys_total": SERVERS,
    "redis_memory_used_bytes": SERVERS,
    "redis_commands_processed_total": SERVERS,
    "redis_connected_clients": SERVERS,
    "pg_stat_database_numbackends": [
        *_labels("datname", "shop", "results"),
        {"datname": "", "instance": "one"},
    ],
    "pg_settings_max_connections": SERVERS,
    "django_db_execute_total": DATABASES,
    "django_db_new_connections_total": DATABASES,
    "django_cache_get_hits_total": BACKENDS,
    "django_cache_get_misses_total": BACKENDS,
    "django_model_inserts_total": MODELS,
    "django_model_updates_total": MODELS,
    "django_model_deletes_total": MODELS,
}
HISTOGRAMS: Mapping[str, list[Labels]] = {
    "headtohead_request_duration_seconds": SERVED,
    "headtohead_generator_response_seconds": SENT,
    "headtohead_task_queue_seconds": TASKS,
    "headtohead_task_duration_seconds": TASKS,
    "django_db_query_duration_seconds": DATABASES,
}


def _primes() -> Iterator[int]:
    found: list[int] = []
    for number in count(2):
        if all(number % each for each in found):
            found.append(number)
            yield number


def _still(metric: str, labels: Labels) -> bool:
    """Whether a counter stands still: nobody asks, or the variant looks nothing up."""
    looks_up = metric.startswith("headtohead_cache_")
    return labels.get("route") == FORMER or (looks_up and labels.get("variant") == "naive")


def _waits(metric: str, labels: Labels) -> bool:
    """Whether clients wait longer than the server says; for all but one variant they wait less."""
    return metric == "headtohead_generator_response_seconds" and labels["variant"] == "cached"


_prime = _primes()


def _amount(metric: str, labels: Labels) -> int:
    return 0 if _still(metric, labels) else next(_prime)


AMOUNTS: Mapping[str, list[tuple[Labels, int]]] = {
    metric: [(each, _amount(metric, each)) for each in series] for metric, series in METRICS.items()
}
# How much is added to each bucket alone, and to the sum.
OBSERVED: Mapping[str, list[tuple[Labels, list[int], int]]] = {
    metric: [
        (
            each,
            [_amount(metric, each) for _ in BOUNDS],
            _amount(metric, each) * (2 if _waits(metric, each) else 1),
        )
        for each in series
    ]
    for metric, series in HISTOGRAMS.items()
}


def total(metric: str, /, **wanted: _Wanted) -> int:
    """What the series of these labels amount to together."""
    return sum(_chosen(metric, wanted))


def largest(metric: str, /, **wanted: _Wanted) -> int:
    return max(_chosen(metric, wanted))


def observations(histogram: str, /, **wanted: _Wanted) -> int:
    return sum(_buckets(histogram, wanted))


def seconds(histogram: str, /, **wanted: _Wanted) -> int:
    """The sum of what was observed."""
    return sum(each for labels, _, each in OBSERVED[histogram] if _fits(labels, wanted))


def up_to(histogram: str, /, **wanted: _Wanted) -> dict[str, int]:
    """How many observations are below each bound."""
    below = [*accumulate(_buckets(histogram, wanted))]
    return dict(zip(map(str, (*BOUNDS, "+Inf")), (*below, below[-1]), strict=True))


def quantile(share: float, histogram: str, /, **wanted: _Wanted) -> float:
    """As Prometheus tells it: observations are spread evenly within a bucket."""
    below = [0, *accumulate(_buckets(histogram, wanted))]
    return float(np.interp(share * below[-1], below, (0, *BOUNDS)))


def _chosen(metric: str, wanted: Mapping[str, _Wanted]) -> list[int]:
    return [amount for labels, amount in AMOUNTS[metric] if _fits(labels, wanted)]


def _buckets(histogram: str, wanted: Mapping[str, _Wanted]) -> list[int]:
    fitting = [each for labels, each, _ in OBSERVED[histogram] if _fits(labels, wanted)]
    return [sum(bucket) for bucket in zip(*fitting, strict=True)]


def _fits(labels: Labels, wanted: Mapping[str, _Wanted]) -> bool:
    return all(
        labels[name] == value if isinstance(value, str) else labels[name] in value
        for name, value in wanted.items()
    )


def openmetrics() -> str:
    """All series over time, as promtool reads them."""
    return "\n".join([*_samples(), "# EOF\n"])


def _samples() -> Iterator[str]:
    first = int(WINDOW.start) - 2 * LOOKS_BACK
    for metric, labels, amount in each_series():
        written = ",".join(f'{name}="{value}"' for name, value in labels.items())
        counts = metric.endswith(("_total", "_bucket", "_count", "_sum"))
        for moment in range(first, int(WINDOW.end) + 1, SCRAPE_SECONDS):
            value = amount * (COUNTED - WINDOW.end + moment) if counts else amount
            yield f"{metric}{{{written}}} {value} {moment}"


def each_series() -> Iterator[tuple[str, Labels, int]]:
    for metric, series in AMOUNTS.items():
        for labels, amount in series:
            yield metric, labels, amount
    for histogram, observed in OBSERVED.items():
        for labels, _, sum_ in observed:
            below = up_to(histogram, **labels)
            for bound, number in below.items():
                yield f"{histogram}_bucket", {**labels, "le": bound}, number
            yield f"{histogram}_count", labels, below["+Inf"]
            yield f"{histogram}_sum", labels, sum_
