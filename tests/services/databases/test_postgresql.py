"""What a stack asks of PostgreSQL, asked of a real one."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from headtohead.errors import StackError
from headtohead.services.databases.database import database_of
from headtohead.services.databases.postgresql import PostgreSQL, connect

NAMES = ("h2h_first", "h2h_second")
POSTGRESQL = PostgreSQL()


@pytest.fixture
def server(database_url: str) -> Iterator[str]:
    yield database_url
    for name in NAMES:
        POSTGRESQL.drop(database_url, name=name)


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    with closing(connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.stack
def test_a_copy_has_the_rows_of_what_it_is_like_and_an_empty_one_replaces_it(server: str) -> None:
    first, second = NAMES
    execute(POSTGRESQL.create(server, name=first), "CREATE TABLE kept AS SELECT 7 AS number")

    copy = POSTGRESQL.create(server, name=second, like=first)
    assert copy == POSTGRESQL.beside(server, name=second)
    assert execute(copy, "SELECT number FROM kept") == [(7,)]

    POSTGRESQL.settle(copy)
    assert execute(copy, "SELECT reltuples FROM pg_class WHERE relname = 'kept'") == [(1.0,)]

    again = POSTGRESQL.create(server, name=second)
    assert execute(again, "SELECT to_regclass('kept')") == [(None,)]


@pytest.mark.stack
def test_a_database_is_dropped_whoever_is_connected_and_dropping_it_again_is_no_error(
    server: str,
) -> None:
    with closing(connect(POSTGRESQL.create(server, name=NAMES[0]))) as connection:
        POSTGRESQL.drop(server, name=NAMES[0])
        with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    POSTGRESQL.drop(server, name=NAMES[0])


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (partial(POSTGRESQL.create, name="other"), "cannot be created"),
        (partial(POSTGRESQL.drop, name="other"), "cannot be dropped"),
        (POSTGRESQL.settle, "cannot be analysed"),
    ],
)
def test_a_server_that_does_not_answer_is_told_in_one_line_without_its_password(
    ask: Callable[[str], object], problem: str
) -> None:
    with pytest.raises(StackError, match=problem) as caught:
        ask("postgresql://me:secret@127.0.0.1:1/shop")
    assert "secret" not in str(caught.value)


@pytest.mark.stack
def test_a_user_who_may_not_is_told_how_to_be_let(server: str) -> None:
    first, _ = NAMES
    POSTGRESQL.create(server, name=first)
    execute(server, "DROP ROLE IF EXISTS h2h_nobody; CREATE ROLE h2h_nobody LOGIN")
    try:
        parts = urlsplit(server)
        host = parts.netloc.rpartition("@")[2]
        nobody = parts._replace(netloc=f"h2h_nobody@{host}").geturl()
        for ask in (
            partial(POSTGRESQL.create, name=NAMES[1]),
            partial(POSTGRESQL.drop, name=first),
        ):
            with pytest.raises(StackError, match="CREATEDB"):
                ask(nobody)
    finally:
        execute(server, "DROP ROLE h2h_nobody")


def test_a_name_is_one_that_the_server_takes_and_that_no_other_stack_gets(tmp_path: Path) -> None:
    url = f"postgresql://it/{'a-long-name' * 9}"
    here = POSTGRESQL.free_name(url, directory=tmp_path, kind="template")
    there = POSTGRESQL.free_name(url, directory=tmp_path / "other", kind="template")
    assert len(here) == len(there) == 63
    assert here != there
    assert here.isidentifier()


@pytest.mark.parametrize("url", ["postgresql://it/shop", "postgres://it/shop"])
def test_a_url_says_which_product_it_is_of(url: str) -> None:
    assert isinstance(database_of(url), PostgreSQL)
