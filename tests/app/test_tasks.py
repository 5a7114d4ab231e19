"""Tasks do what services do, and the beat knows them."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from app.accounts.models import SignInFailures
from app.accounts.tasks import purge_tokens
from app.catalog.models import CategoryFigures
from app.catalog.tasks import refresh_category_figures
from app.config.celery import app
from app.orders import tasks as order_tasks
from tests.app.factories import make_category


def test_the_beat_sends_tasks_that_there_are() -> None:
    app.autodiscover_tasks(force=True)
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled == {refresh_category_figures.name, purge_tokens.name, order_tasks.relay.name}
    assert scheduled <= app.tasks.keys()


def test_nothing_but_json_is_read_from_the_queue() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_a_task_may_be_run_again_but_never_twice_at_a_time() -> None:
    assert app.conf.task_acks_late
    visible_again = app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit < visible_again
    of_orders = order_tasks.follow_up
    assert of_orders.soft_time_limit < of_orders.time_limit < settings.ORDER_TASK_LEASE_SECONDS


def test_without_a_broker_tasks_run_at_once() -> None:
    assert settings.CELERY_BROKER_URL == ""
    assert app.conf.task_always_eager


@pytest.mark.django_db
def test_figures_per_category_are_computed() -> None:
    category = make_category()
    refresh_category_figures.delay()
    assert CategoryFigures.objects.get().category == category


@pytest.mark.django_db
def test_what_has_expired_is_purged() -> None:
    SignInFailures.objects.create(key="old", count=1, resets_at=timezone.now() - timedelta(1))
    purge_tokens.delay()
    assert not SignInFailures.objects.exists()
