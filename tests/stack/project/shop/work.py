"""The project's Celery application: a task that is handed over, and one for the beat."""

import os

from celery import Celery
from django.core.cache import cache

from headtohead.django.prometheus.tasks import measure_tasks

app = Celery("shop", broker=os.environ["BROKER_URL"])
app.conf.update(
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    beat_schedule={"tick": {"task": "shop.work.mark", "schedule": 0.5, "args": ["beaten"]}},
)
measure_tasks()


@app.task
def mark(key: str) -> None:
    cache.set(key, "done")
