"""Publishing records: into which database, and each of them whole or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial

import psycopg2
import psycopg2.errors
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (a class)
from psycopg2.extensions import cursor as Cursor  # noqa: N812 (a class, whatever its name)
from psycopg2.extras import execute_values

from headtohead.config import Config
from headtohead.errors import PublishError
from headtohead.publish.rows import Row, rows_of
from headtohead.publish.schema import migrate
from headtohead.records.run import Run
from headtohead.services.databases.postgresql import PostgreSQL, connect, reason
from headtohead.stack import lifecycle
from headtohead.stack.settings import stack_settings
from headtohead.stack.target import open_target


def database_url(config: Config) -> str:
    """Where records are published: H2H_DATABASE_URL, or the local stack's database.

    Raises:
        ConfigurationError: H2H_DATABASE_URL is malformed.
        StackError: Nobody answers there.
        PublishError: There is neither.
    """
    if config.database_url:
        return PostgreSQL().external(config.database_url).url
    running = lifecycle.status(stack_settings(config))
    if running is None:
        raise PublishError(
            "there is no database to publish to", fix="run `h2h up`, or set H2H_DATABASE_URL"
        )
    return running.database_url


@contextmanager
def publishing(
    config: Config, *, progress: Callable[[str], None]
) -> Iterator[Callable[[Sequence[Run]], None]]:
    """A way to publish a run that is yet to be measured, whose database stays up until then.

    Raises:
        ConfigurationError: See `database_url`, as for the others.
        StackError: The local stack does not come up.
        PublishError: There is no database.
    """
    with open_target(config, progress=progress):
        yield partial(publish, url=database_url(config))


def publish(records: Sequence[Run], *, url: str) -> None:
    """Write records into the tables of a database, in place of what was published of them before.

    Args:
        records: Each is written in a transaction of its own.
        url: The database; the tables are made, or brought up to date, where that is needed.

    Raises:
        PublishError: The database refuses, or holds tables of a newer version, or another run of
            the same name.
    """
    with _writing(url) as connection:
        for record in records:
            with connection, connection.cursor() as cursor:
                migrate(cursor)
                _write(record, cursor)


def replace_rows(tables: Mapping[str, Sequence[Row]], *, url: str) -> None:
    """Write tables again, all of them or none.

    Args:
        tables: All rows of each table that is written, by its name.
        url: The database; the tables are made, or brought up to date, where that is needed.

    Raises:
        PublishError: See `publish`.
    """
    with _writing(url) as connection, connection, connection.cursor() as cursor:
        migrate(cursor)
        for table, rows in tables.items():
            cursor.execute(sql.SQL("DELETE FROM headtohead.{}").format(sql.Identifier(table)))
            _insert(rows, table=table, cursor=cursor)


@contextmanager
def _writing(url: str) -> Iterator[Connection]:
    """A connection to the database; what it refuses is told in a line."""
    try:
        with closing(connect(url)) as connection:
            yield connection
    except psycopg2.errors.InsufficientPrivilege as error:
        raise PublishError(
            f"the user of the database may not publish ({reason(error, url)})",
            fix="let it (GRANT CREATE ON DATABASE ...), or set H2H_DATABASE_URL to another",
        ) from None
    except psycopg2.Error as error:
        raise PublishError(
            f"the database does not take the record ({reason(error, url)})",
            fix="fix that, then `h2h publish` it again",
        ) from None


def _write(record: Run, cursor: Cursor) -> None:
    """Write one record; an earlier one of the same run goes, with all that refers to it.

    Raises:
        PublishError: Another run has its name.
    """
    cursor.execute(
        "DELETE FROM headtohead.runs WHERE run_id = %s AND started_at = %s",
        [record.run_id, record.started_at],
    )
    try:
        for table, rows in rows_of(record).items():
            _insert(rows, table=table, cursor=cursor)
    except psycopg2.errors.UniqueViolation:
        raise PublishError(
            f"another run named {record.run_id} is published already",
            fix="publish this one to another database",
        ) from None


def _insert(rows: Sequence[Row], *, table: str, cursor: Cursor) -> None:
    if not rows:
        return
    columns = list(rows[0])
    statement = sql.SQL("INSERT INTO headtohead.{} ({}) VALUES %s").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    execute_values(cursor, statement, [[row[column] for column in columns] for row in rows])
