"""The lean metrics: cheap enough to stay on while latencies are measured."""

from prometheus_client import Counter, Histogram

from headtohead.django.observation import Observation

LABELS = ("experiment", "variant")
# From half a millisecond, where a cached answer lies, to the ten seconds nobody waits.
BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

REQUEST_SECONDS = Histogram(
    "headtohead_request_duration_seconds",
    "Time the application took to answer a request.",
    LABELS,
    buckets=BUCKETS,
)
QUERIES = Counter(
    "headtohead_database_queries_total", "Database queries made to answer requests.", LABELS
)
DATABASE_SECONDS = Counter(
    "headtohead_database_seconds_total", "Time spent in those queries, in seconds.", LABELS
)
CACHE_HITS = Counter("headtohead_cache_hits_total", "Cache lookups that found a value.", LABELS)
CACHE_MISSES = Counter("headtohead_cache_misses_total", "Cache lookups that found nothing.", LABELS)


def record(*, experiment: str, variant: str, observation: Observation, seconds: float) -> None:
    """Add one request to the metrics; the caller keeps the labels bounded."""
    REQUEST_SECONDS.labels(experiment, variant).observe(seconds)
    QUERIES.labels(experiment, variant).inc(observation.queries)
    DATABASE_SECONDS.labels(experiment, variant).inc(observation.database_seconds)
    CACHE_HITS.labels(experiment, variant).inc(observation.cache_hits)
    CACHE_MISSES.labels(experiment, variant).inc(observation.cache_misses)
