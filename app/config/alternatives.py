"""Settings that experiments exchange; of each kind the first is what users are served with."""

from collections.abc import Mapping
from typing import Any, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

Alternative = TypeVar("Alternative")

# Who watches requests: middleware outside and inside of Django's own.
OBSERVERS: Mapping[str, tuple[list[str], list[str]]] = {
    "lean": (["headtohead.django.middleware.MeasurementMiddleware"], []),
    "bare": ([], []),
    "django-prometheus": (
        ["django_prometheus.middleware.PrometheusBeforeMiddleware"],
        ["django_prometheus.middleware.PrometheusAfterMiddleware"],
    ),
    "silk": (["silk.middleware.SilkyMiddleware"], []),
}

# How long connections to the database live, and who keeps them.
CONNECTIONS: Mapping[str, dict[str, Any]] = {
    # Opening one costs more than most of the queries made through it. Those that the server has
    # ended are noticed without asking it, see `app.config.database_connections`.
    "persistent": {"CONN_MAX_AGE": None},
    # Django's own way to notice: a query before the first of each request.
    "health-checked": {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True},
    "new": {"CONN_MAX_AGE": 0},
    # Django's own pool needs psycopg 3, and Django takes that wherever it is installed: it could
    # not be had for this alone. This one is SQLAlchemy's, which checks a connection before use.
    "pooled": {
        "ENGINE": "dj_db_conn_pool.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "POOL_OPTIONS": {"POOL_SIZE": 4, "MAX_OVERFLOW": 4},
    },
}

CACHE_PREFIX = "catalogue"
# When Valkey cannot be reached.
CACHE_OUTAGES: Mapping[str, dict[str, Any]] = {
    "none": {},
    "writes": {"BACKEND": "app.caching.valkey_connection.DeafValkeyCache", "KEY_PREFIX": "deaf"},
}


def chosen(env: environ.Env, variable: str, alternatives: Mapping[str, Alternative]) -> Alternative:
    """The alternative that an environment variable names, by default the first.

    Raises:
        ImproperlyConfigured: There is no such alternative.
    """
    name = env.str(variable, default=next(iter(alternatives)))
    if name not in alternatives:
        raise ImproperlyConfigured(
            f"Set the {variable} environment variable to one of {', '.join(alternatives)}"
        )
    return alternatives[name]
