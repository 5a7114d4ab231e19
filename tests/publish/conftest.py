from collections.abc import Iterator
from contextlib import closing

import pytest

from headtohead.services.databases.postgresql import PostgreSQL, connect

NAME = "published_runs"


@pytest.fixture
def url(database_url: str) -> Iterator[str]:
    """An empty database on the real server."""
    yield PostgreSQL().create(database_url, name=NAME)
    PostgreSQL().drop(database_url, name=NAME)


@pytest.fixture
def query(url: str):
    """What a statement returns; it is committed."""

    def rows(statement: str) -> list[tuple]:
        with closing(connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return rows
