"""Tasks: where they wait, how they are carried out, and which come by the clock."""

from celery.schedules import crontab

from app.config.settings.environment import env

# Without a broker, a task is run at once by whoever hands it over.
CELERY_BROKER_URL = env.str("BROKER_URL", default="")
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Nobody asks for results: what a task has done is in the database.
CELERY_TASK_IGNORE_RESULT = True
# A task is done once it has ended. One whose worker is lost is run again, so all of them may be.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task may take, or it would be run twice at a time. What a worker that was
    # killed had taken is looked for every ten seconds.
    "visibility_timeout": 120,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # Nobody waits for a broker that hangs. Who hands a task over tries once, unless Celery is told
    # to try again.
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "max_retries": 0,
}
CELERY_TIMEZONE = "UTC"
# Seconds; how old the precomputed figures per category may become.
CATEGORY_FIGURES_SECONDS = env.float("CATEGORY_FIGURES_SECONDS", default=60.0)
# Seconds; how long it may take until an order is looked at again whose task was lost.
ORDER_RELAY_SECONDS = env.float("ORDER_RELAY_SECONDS", default=15.0)
# Seconds; how long following an order up may take. Half as long again, and its process is killed;
# twice as long, and it is begun again, because that process must have come to its end.
ORDER_TASK_SECONDS = env.float("ORDER_TASK_SECONDS", default=20.0)
ORDER_TASK_LEASE_SECONDS = 2 * ORDER_TASK_SECONDS
CELERY_BEAT_SCHEDULE = {
    "refresh-category-figures": {
        "task": "app.catalog.tasks.refresh_category_figures",
        "schedule": CATEGORY_FIGURES_SECONDS,
        # A later one does the same, so a queue that is behind may drop it.
        "options": {"expires": CATEGORY_FIGURES_SECONDS},
    },
    "relay-orders": {
        "task": "app.orders.tasks.relay",
        "schedule": ORDER_RELAY_SECONDS,
        # Where tasks wait longer than this, so do those that it would take for lost.
        "options": {"expires": ORDER_RELAY_SECONDS},
    },
    "purge-tokens": {
        "task": "app.accounts.tasks.purge_tokens",
        "schedule": crontab(hour="3", minute="17"),
    },
}
