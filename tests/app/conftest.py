"""What the tests of the API share."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from app.accounts.models import User
from app.caching import epochs, stores
from tests.app.factories import make_user

TOKEN = "the-token-of-the-tests"


@pytest.fixture(autouse=True)
def empty_cache(servers: None) -> None:
    for each in (stores.SHARED, stores.LOCAL_MEMORY):
        each.clear()


@pytest.fixture(autouse=True)
def one_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caches of tests have one epoch, without a database; those about epochs ask for it."""
    monkeypatch.setattr(epochs, "_current", lambda: 1)


@pytest.fixture
def cache_down(settings: Settings) -> None:
    """Nobody listens where the cache should be."""
    default = settings.CACHES["default"]
    down = default | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"default": down}


@pytest.fixture
def api() -> APIClient:
    return APIClient()


@pytest.fixture
def editor() -> User:
    """Staff who may change products."""
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_product"))
    return user


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Four threads with database connections of their own."""
    with ThreadPoolExecutor(4) as pool:
        yield pool
        everybody = threading.Barrier(4)

        def leave() -> None:
            connection.close()
            everybody.wait()

        for future in [pool.submit(leave) for _ in range(4)]:
            future.result()
