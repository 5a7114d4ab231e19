"""The Celery application: workers and the beat run it, and requests hand tasks to it."""

import os

from celery import Celery

from headtohead.django.prometheus.tasks import measure_tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "app.config.settings")

app = Celery("catalogue")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
measure_tasks()
