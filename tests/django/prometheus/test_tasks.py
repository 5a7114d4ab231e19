"""Metrics of tasks; a worker that shows them is started in tests/stack/test_services.py."""

import pytest
from celery import Celery, Task
from prometheus_client import REGISTRY

from headtohead.django.prometheus.tasks import measure_tasks


@pytest.fixture
def app() -> Celery:
    """An application that runs tasks where they are handed over."""
    measure_tasks()
    app = Celery("tests", set_as_current=False)
    app.conf.task_always_eager = True
    return app


def count(name: str, task: Task, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"task": task.name, **labels}) or 0.0


def test_a_task_is_counted_by_how_it_ended(app: Celery) -> None:
    @app.task
    def divide(divisor: int) -> float:
        return 1 / divisor

    for divisor in (1, 2, 0):
        divide.delay(divisor)
    assert count("headtohead_task_total", divide, state="success") == 2
    assert count("headtohead_task_total", divide, state="failure") == 1
    assert count("headtohead_task_duration_seconds_count", divide) == 3


def test_what_runs_where_it_is_handed_over_has_waited_for_nobody(app: Celery) -> None:
    @app.task
    def wait() -> None:
        pass

    wait.delay()
    assert count("headtohead_task_duration_seconds_count", wait) == 1
    assert count("headtohead_task_queue_seconds_count", wait) == 0


def test_measuring_twice_counts_once(app: Celery) -> None:
    measure_tasks()

    @app.task
    def once() -> None:
        pass

    once.delay()
    assert count("headtohead_task_total", once, state="success") == 1
