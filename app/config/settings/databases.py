"""Where rows are kept."""

import os

from app.config.alternatives import CONNECTIONS, chosen
from app.config.database_connections import patient_for
from app.config.settings.base import HEADTOHEAD
from app.config.settings.environment import env

# Whether django-prometheus counts statements and what becomes of models. That takes time with each
# of them, so unless it is asked for, a server that may be measured goes without.
DATABASE_METRICS = (
    env.bool("DATABASE_METRICS")
    if env.str("DATABASE_METRICS", default="")
    else not HEADTOHEAD["EXPERIMENTS"]
)
# Seconds; its own begin at ten milliseconds, in which most statements are done.
PROMETHEUS_LATENCY_BUCKETS = (
    *(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
    float("inf"),
)

# Seconds after which a statement is given up. No setting: servers say so (`app.config.wsgi`), where
# somebody waits and few threads serve all. Commands may take as long as they take.
DATABASE_SECONDS = float(os.environ.get("DATABASE_SECONDS", "0"))

_database = env.db(
    "DATABASE_URL",
    engine="django_prometheus.db.backends.postgresql" if DATABASE_METRICS else None,
)
DATABASES = {
    "default": _database
    | {"OPTIONS": patient_for(DATABASE_SECONDS) | _database.get("OPTIONS", {})}
    | chosen(env, "DATABASE_CONNECTIONS", CONNECTIONS),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
