from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from headtohead.services.databases.postgresql import connect, create_database, drop_database

NAME = "published_runs"


@pytest.fixture
def url(database_url: str) -> Iterator[str]:
    """An empty database on the real server."""
    create_database(database_url, name=NAME)
    yield urlsplit(database_url)._replace(path=f"/{NAME}").geturl()
    drop_database(database_url, name=NAME)


@pytest.fixture
def query(url: str):
    """What a statement returns; it is committed."""

    def rows(statement: str) -> list[tuple]:
        with closing(connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return rows
