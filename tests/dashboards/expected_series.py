"""What each panel, annotation and variable that asks Prometheus promises by its title.

It is worked out by hand from the made series, never taken from a query.
"""

import math
from collections.abc import Mapping

from tests.dashboards.made_series import (
    COUNTED,
    FORMER,
    LOOKS_BACK,
    largest,
    observations,
    quantile,
    seconds,
    total,
    up_to,
)

# What the viewer has chosen; other routes, experiments and variants are there and not to be seen.
ROUTES = ("api/products/", "api/brands/", FORMER)
# The empty choice is what Grafana makes of a variable without values; no request without a route
# is to be seen by it.
CHOICES = {"experiment": ["listing"], "route": (*ROUTES, ""), "variant": ["cached"]}
ASKED = ("api/products/", "api/brands/")
VARIANTS = ("naive", "cached", "joined")
# It has a name in the legend and no line.
NOTHING = math.nan
IDENTITIES = {
    **{f"{each} of listing": {"experiment": "listing", "variant": each} for each in VARIANTS},
    **{
        f"{each} of summary": {"experiment": "summary", "variant": each}
        for each in ("live", "cached")
    },
    "none of none": {"experiment": "none", "variant": "none"},
}
LISTING = {"experiment": "listing"}

SERVED = "headtohead_request_duration_seconds"
FAILED = "headtohead_request_errors_total"
REFUSED = "headtohead_request_client_errors_total"
QUERIES = "headtohead_database_queries_total"
DATABASE = "headtohead_database_seconds_total"
HITS = "headtohead_cache_hits_total"
MISSES = "headtohead_cache_misses_total"
ANSWERED = "headtohead_generator_response_seconds"
SENT = "headtohead_generator_requests_total"
USERS = "headtohead_generator_users"
CPU = "headtohead_generator_cpu_ratio"
LAG = "headtohead_generator_loop_lag_seconds"


def mean(histogram: str, **wanted: str) -> float:
    return seconds(histogram, **wanted) / observations(histogram, **wanted)


def hit_ratio(**wanted: str) -> float:
    return total(HITS, **wanted) / (total(HITS, **wanted) + total(MISSES, **wanted))


def per_request(counter: str, **wanted: str) -> float:
    return total(counter, **wanted) / observations(SERVED, **wanted)


def database_share(**wanted: str) -> float:
    return total(DATABASE, **wanted) / seconds(SERVED, **wanted)


def quantiles(
    histogram: str, name: str, shares: Mapping[str, float], *values: str
) -> dict[str, float]:
    """The quantiles of each value of a label, named by both."""
    return {
        f"{value} {shown}": quantile(share, histogram, **{name: value})
        for value in values
        for shown, share in shares.items()
    }


PANELS: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "api": {
        "Requests a second": {"requests": observations(SERVED, route=ROUTES)},
        "Server errors": {
            "errors": total(FAILED, route=ROUTES) / observations(SERVED, route=ROUTES)
        },
        "Slowest twentieth (p95)": {"p95": quantile(0.95, SERVED, route=ROUTES)},
        # Seconds of answering in each second.
        "Requests in progress": {"in progress": seconds(SERVED, route=ROUTES)},
        "Endpoints": {
            **{f"{each}: Requests/s": observations(SERVED, route=each) for each in ROUTES},
            **{f"{each}: Mean": mean(SERVED, route=each) for each in ASKED},
            **{f"{each}: p95": quantile(0.95, SERVED, route=each) for each in ASKED},
            **{f"{each}: Errors": per_request(FAILED, route=each) for each in ASKED},
        },
        "Rate by endpoint": {each: observations(SERVED, route=each) for each in ROUTES},
        "Errors by endpoint": {each: per_request(FAILED, route=each) for each in ASKED},
        "Median by endpoint": {each: quantile(0.5, SERVED, route=each) for each in ASKED},
        "p95 by endpoint": {each: quantile(0.95, SERVED, route=each) for each in ASKED},
        "Requests in progress over time": {
            "in progress": seconds(SERVED),
            "in the database": total(DATABASE),
        },
        "Answers by status": {
            "below 400": observations(SERVED, route=ROUTES)
            - total(REFUSED, route=ROUTES)
            - total(FAILED, route=ROUTES),
            "4xx": total(REFUSED, route=ROUTES),
            "5xx": total(FAILED, route=ROUTES),
        },
        "Tasks: time in the queue": quantiles(
            *("headtohead_task_queue_seconds", "task"),
            {"p50": 0.5, "p95": 0.95},
            *("send_mail", "count_stock"),
        ),
        "Tasks: time to run": quantiles(
            *("headtohead_task_duration_seconds", "task"),
            {"p50": 0.5, "p95": 0.95},
            *("send_mail", "count_stock"),
        ),
        "Tasks by how they ended": {
            f"{task} {state}": total("headtohead_task_total", task=task, state=state)
            for task, state in (
                ("send_mail", "SUCCESS"),
                ("send_mail", "FAILURE"),
                ("count_stock", "SUCCESS"),
            )
        },
    },
    "database-and-cache": {
        "Queries a second": {"queries": total(QUERIES)},
        "Time in the database": {"database": database_share()},
        "Cache hits": {"hits": hit_ratio()},
        "Evictions": {"evictions": total("redis_evicted_keys_total")},
        "Queries by experiment": {
            each: total(QUERIES, experiment=each) for each in ("none", "listing", "summary")
        },
        "Queries per request by variant": {
            name: per_request(QUERIES, **labels) for name, labels in IDENTITIES.items()
        },
        "Time in the database by variant": {
            name: database_share(**labels) for name, labels in IDENTITIES.items()
        },
        "Connections": {
            **{
                each: total("pg_stat_database_numbackends", datname=each)
                for each in ("shop", "results")
            },
            "most": largest("pg_settings_max_connections"),
        },
        "Cache hits by variant": {
            **{
                name: hit_ratio(**labels)
                for name, labels in IDENTITIES.items()
                if name != "naive of listing"
            },
            # It looks nothing up.
            "naive of listing": NOTHING,
        },
        "Lookups and invalidations": {
            "hits": total(HITS),
            "misses": total(MISSES),
            "invalidations": total("headtohead_cache_invalidations_total"),
        },
        "Memory and evictions": {
            "memory": total("redis_memory_used_bytes"),
            "evictions": total("redis_evicted_keys_total"),
        },
        "Valkey's commands": {
            "commands": total("redis_commands_processed_total"),
            "clients": total("redis_connected_clients"),
        },
        "Statements by database": {
            "default (postgresql)": total("django_db_execute_total", alias="default"),
            "replica (sqlite)": total("django_db_execute_total", alias="replica"),
        },
        "Statement time by database": quantiles(
            *("django_db_query_duration_seconds", "alias"),
            {"p50": 0.5, "p95": 0.95},
            *("default", "replica"),
        ),
        "New connections by database": {
            each: total("django_db_new_connections_total", alias=each)
            for each in ("default", "replica")
        },
        "Cache lookups by backend": {
            f"{backend} {name}": total(f"django_cache_get_{name}_total", backend=backend)
            for backend in ("redis", "locmem")
            for name in ("hits", "misses")
        },
        "Changes by model": {
            each: total("django_model_inserts_total", model=each)
            + total("django_model_updates_total", model=each)
            + total("django_model_deletes_total", model=each)
            for each in ("product", "order")
        },
    },
    "head-to-head": {
        "Ratio so far": {
            f"{variant}{suffix}": largest(metric, **LISTING, variant=variant, metric=compared)
            for variant, compared in (("cached", "latency"), ("joined", "throughput"))
            for metric, suffix in (
                ("headtohead_run_ratio", ""),
                ("headtohead_run_ratio_low", " low"),
                ("headtohead_run_ratio_high", " high"),
            )
        },
        "Throughput and users": {
            **{each: total(SENT, **LISTING, variant=each) for each in VARIANTS},
            "users": largest(USERS, **LISTING),
        },
        "Response times": {
            f"{variant} {name}": quantile(share, ANSWERED, **LISTING, variant=variant)
            for variant in VARIANTS
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
        },
        "Pairs and budget": {
            **{
                each: COUNTED * largest("headtohead_generator_pairs_total", **LISTING, variant=each)
                for each in VARIANTS
            },
            "budget spent": largest("headtohead_run_position_ratio", **LISTING),
        },
        "Response times of $variant": {
            bound: LOOKS_BACK * number
            for bound, number in up_to(ANSWERED, **LISTING, variant="cached").items()
        },
        "Queries per request over time": {
            each: per_request(QUERIES, **LISTING, variant=each) for each in VARIANTS
        },
        "Server time per request": {
            **{each: mean(SERVED, **LISTING, variant=each) for each in VARIANTS},
            **{
                f"{each} database": per_request(DATABASE, **LISTING, variant=each)
                for each in VARIANTS
            },
        },
        "Cache hits over time": {
            **{each: hit_ratio(**LISTING, variant=each) for each in ("cached", "joined")},
            "naive": NOTHING,
        },
    },
    "load-generator": {
        "Users": {"Users": largest(USERS, **LISTING)},
        "Requests a second": {"Requests a second": total(SENT, **LISTING)},
        "Generator's CPU": {"Generator's CPU": largest(CPU, **LISTING)},
        "Loop lag": {"Loop lag": largest(LAG, **LISTING)},
        "Planned and real rate": {
            "sent": total(SENT, **LISTING),
            "planned": largest("headtohead_generator_planned_rate", **LISTING),
            "users": largest(USERS, **LISTING),
        },
        "Loop lag and lateness": {
            "loop lag": largest(LAG, **LISTING),
            "late": largest("headtohead_generator_late_seconds", **LISTING),
        },
        "Client and server time": {
            **{f"{each} client": mean(ANSWERED, **LISTING, variant=each) for each in VARIANTS},
            **{f"{each} server": mean(SERVED, **LISTING, variant=each) for each in VARIANTS},
        },
        "Between client and server": {
            "cached": mean(ANSWERED, **LISTING, variant="cached")
            - mean(SERVED, **LISTING, variant="cached"),
            # Of the others the server says that it took longer than the client waited.
            "naive": 0,
            "joined": 0,
        },
        "Generator's CPU over time": {"CPU of a core": largest(CPU, **LISTING)},
        "Failed requests": {
            each: total("headtohead_generator_errors_total", **LISTING, variant=each)
            for each in VARIANTS
        },
    },
}


def at(event: str, variant: str = "") -> int:
    """When it happened, in milliseconds."""
    metric = "headtohead_run_event_timestamp_seconds"
    return 1000 * total(metric, **LISTING, event=event, variant=variant)


EVENTS = {
    "Run": {
        "start : listing, run run-1": at("start"),
        "verdict joined: listing, run run-1": at("verdict", "joined"),
        "end : listing, run run-1": at("end"),
    },
    "Switches of variant": {"switch joined: listing, run run-1": at("switch", "joined")},
}
OFFERED = {
    "experiment": ["listing", "summary"],
    "metric": ["latency", "throughput", "p50", "p95", "p99"],
    "route": ["api/brands/", "api/categories/", FORMER, "api/products/"],
    "variant": ["cached", "joined", "naive"],
}
