"""Requests at once, each on a database connection of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet


@contextmanager
def held_back_until_all_wait(rows: QuerySet[Any], *, number: int) -> Iterator[None]:
    """Hold rows until so many statements of others wait for them."""
    with transaction.atomic():
        list(rows.select_for_update())
        yield
        with connection.cursor() as cursor:
            waiting = 0
            while waiting < number:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                (waiting,) = cursor.fetchone()
