"""Metrics of Celery tasks: how long they wait, how long they take and how they end.

The label is bounded by the tasks that are declared: a worker runs no others. Waiting is told by the
wall clocks of two processes, so on different hosts it is as good as these agree.
"""

import os
import time
from typing import Any

from celery import Task, signals
from prometheus_client import Counter, Histogram, start_http_server

from headtohead.django.prometheus.collecting import registry
from headtohead.protocol.own_ports import is_foreign

METRICS_VARIABLE = "H2H_TASK_METRICS"
# From a millisecond, in which an idle worker has a task, to the minutes of one that cannot keep up.
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 300.0)

QUEUE_SECONDS = Histogram(
    "headtohead_task_queue_seconds",
    "Time from handing a task over until a worker began with it.",
    ("task",),
    buckets=BUCKETS,
)
DURATION_SECONDS = Histogram(
    "headtohead_task_duration_seconds",
    "Time the worker took to run a task.",
    ("task",),
    buckets=BUCKETS,
)
TASKS = Counter("headtohead_task_total", "Tasks that ended, by how they did.", ("task", "state"))

_PUBLISHED_AT = "h2h_published_at"  # a message header, in seconds since 1970
_STARTED_AT = "h2h_started_at"


def measure_tasks() -> None:
    """Measure all tasks that this process hands over or runs; call it where Celery is set up.

    A worker that has `H2H_TASK_METRICS`, as `host:port`, shows the metrics of all of its processes
    there; it needs a `PROMETHEUS_MULTIPROC_DIR` of its own, too.
    """
    signals.before_task_publish.connect(_note_publication)
    signals.task_prerun.connect(_note_start)
    signals.task_postrun.connect(_note_end)
    signals.worker_ready.connect(_show_metrics)


def _note_publication(headers: dict[str, Any], **_: Any) -> None:
    headers[_PUBLISHED_AT] = time.time()


def _note_start(task: Task, **_: Any) -> None:
    published_at = getattr(task.request, _PUBLISHED_AT, None)
    # One that was to wait, or that runs where it is handed over, waits for no worker.
    if published_at is not None and task.request.eta is None:
        QUEUE_SECONDS.labels(task.name).observe(max(0.0, time.time() - published_at))
    setattr(task.request, _STARTED_AT, time.perf_counter())


def _note_end(task: Task, state: str | None, **_: Any) -> None:
    started_at = getattr(task.request, _STARTED_AT)
    DURATION_SECONDS.labels(task.name).observe(time.perf_counter() - started_at)
    TASKS.labels(task.name, (state or "unknown").lower()).inc()


def _show_metrics(**_: Any) -> None:
    """Serve the metrics from the worker's main process, which runs no task itself."""
    address = os.environ.get(METRICS_VARIABLE)
    if address:
        host, port = address.rsplit(":", 1)
        server = start_http_server(int(port), addr=host, registry=registry())[0]
        server.set_app(_for_us_alone(server.get_app()))


def _for_us_alone(shown: Any) -> Any:
    """A WSGI application that no page of another site is answered by."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN", "")
        if is_foreign(host=host, origin=origin):
            start_response("403 Forbidden", [])
            return [b""]
        return shown(environ, start_response)

    return answer
