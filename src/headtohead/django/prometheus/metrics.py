"""The lean metrics: cheap enough to stay on while latencies are measured."""

from functools import lru_cache
from http import HTTPStatus

from prometheus_client import Counter, Histogram

from headtohead.django.observation import Observation
from headtohead.protocol.server_timing import BUCKETS

LABELS = ("experiment", "variant", "route")

REQUEST_SECONDS = Histogram(
    "headtohead_request_duration_seconds",
    "Time the application took to answer a request.",
    LABELS,
    buckets=BUCKETS,
)
ERRORS = Counter(
    "headtohead_request_errors_total", "Requests answered with a server error (5xx).", LABELS
)
CLIENT_ERRORS = Counter(
    "headtohead_request_client_errors_total",
    "Requests answered with a client error (4xx).",
    LABELS,
)
QUERIES = Counter(
    "headtohead_database_queries_total", "Database queries made to answer requests.", LABELS
)
DATABASE_SECONDS = Counter(
    "headtohead_database_seconds_total", "Time spent in those queries, in seconds.", LABELS
)
CACHE_HITS = Counter("headtohead_cache_hits_total", "Cache lookups that found a value.", LABELS)
CACHE_MISSES = Counter("headtohead_cache_misses_total", "Cache lookups that found nothing.", LABELS)
INVALIDATIONS = Counter(
    "headtohead_cache_invalidations_total",
    "Cache keys that were deleted, whether or not they held a value.",
)


class _Series:
    """The time series of one combination of labels, looked up once and not with every request."""

    def __init__(self, *labels: str) -> None:
        self.seconds = REQUEST_SECONDS.labels(*labels)
        self.errors = ERRORS.labels(*labels)
        self.client_errors = CLIENT_ERRORS.labels(*labels)
        self.queries = QUERIES.labels(*labels)
        self.database_seconds = DATABASE_SECONDS.labels(*labels)
        self.cache_hits = CACHE_HITS.labels(*labels)
        self.cache_misses = CACHE_MISSES.labels(*labels)


# Bounded as the labels are.
_series = lru_cache(maxsize=None)(_Series)


def record(
    labels: tuple[str, str, str], observation: Observation, status: int, seconds: float
) -> None:
    """Add one request to the metrics.

    Args:
        labels: Experiment, variant and route; the caller keeps them bounded.
        observation: What it took.
        status: Of the response.
        seconds: Until there was one.
    """
    series = _series(*labels)
    series.seconds.observe(seconds)
    # Adding nothing takes as long as adding something, and a cheap request has little to add.
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        series.errors.inc()
    elif status >= HTTPStatus.BAD_REQUEST:
        series.client_errors.inc()
    if observation.queries:
        series.queries.inc(observation.queries)
        series.database_seconds.inc(observation.database_seconds)
    if observation.cache_hits:
        series.cache_hits.inc(observation.cache_hits)
    if observation.cache_misses:
        series.cache_misses.inc(observation.cache_misses)
