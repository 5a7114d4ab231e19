"""A PostgreSQL server as its client sees it, ours or the user's."""

import hashlib
import os
import re
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2
import psycopg2.errors
import psycopg2.extensions

from headtohead.errors import StackError
from headtohead.services.service import DATABASE, Endpoint, RunningServer, checked_address

POSTGRESQL = "PostgreSQL"

_TIMEOUT = 3  # seconds; libpq takes whole ones
_LONGEST_NAME = 63  # bytes; PostgreSQL cuts what is longer


def external_database(url: str) -> Endpoint:
    """The user's own server behind DATABASE_URL.

    Raises:
        ConfigurationError: The URL is malformed.
        StackError: The server does not answer or does not let us in.
    """
    address = checked_address(url, kind=DATABASE)
    try:
        version = server_version(url)
    except psycopg2.Error as error:
        raise StackError(
            f"{POSTGRESQL} at {address} cannot be used ({reason(error, url)})",
            fix="start it or correct DATABASE_URL, or unset it to use the embedded server",
        ) from None
    server = RunningServer(name=POSTGRESQL, pid=None, address=address, log=None, version=version)
    return Endpoint(server=server, url=url)


def server_version(url: str) -> str:
    """The version a server reports, such as `18.6`.

    Raises:
        psycopg2.Error: It does not answer or does not let us in.
    """
    with closing(connect(url)) as connection:
        major, minor = divmod(connection.info.server_version, 10_000)
        return f"{major}.{minor}"


def create_database(url: str, *, name: str) -> None:
    """Create a database unless the server has it; `url` names another one on that server."""
    with closing(connect(url)) as connection:
        connection.autocommit = True  # CREATE DATABASE refuses to run in a transaction
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}"')


def create_extension(url: str, *, name: str) -> None:
    """Create an extension in the database that `url` names, unless it is there."""
    with closing(connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")


def drop_database(url: str, *, name: str) -> None:
    """Drop a database if the server has it, whoever is connected to it; `url` names another one."""
    with closing(connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def analyse(url: str) -> None:
    """Have the server look at all tables now, so that its plans do not depend on when it does."""
    with closing(connect(url)) as connection:
        connection.autocommit = True  # VACUUM refuses to run in a transaction
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def connect(url: str) -> psycopg2.extensions.connection:
    """A connection to the database that a URL names, written as for Django.

    Raises:
        psycopg2.Error: It does not answer or does not let us in.
    """
    parts = urlsplit(url)
    # A URL for Django may carry options that libpq refuses; these are the ones both know.
    options = {
        key: value
        for key, value in parse_qsl(parts.query)
        if key in {"host", "port", "options"} or key.startswith("ssl")
    }
    given: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "dbname": unquote(parts.path.removeprefix("/")),
    }
    known = options | {key: value for key, value in given.items() if value}
    connection: psycopg2.extensions.connection = psycopg2.connect(**known, connect_timeout=_TIMEOUT)
    return connection


def reason(error: psycopg2.Error, url: str) -> str:
    """What a database says is wrong, in one line and without the password of its URL."""
    line = str(error).strip().partition("\n")[0].rpartition(" failed: ")[2]
    password = unquote(urlsplit(url).password or "")
    return line.replace(password, "***") if password else line


def url_of_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def copy_database(url: str, template: str, name: str) -> None:
    """Create a database as a copy of another one on the server that `url` names."""
    with closing(connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def database_name(url: str, directory: Path, *, kind: str) -> str:
    """A name that no other stack on the same server has."""
    mark = hashlib.sha256(os.fsencode(directory)).hexdigest()[:8]
    suffix = f"_{kind}_{mark}"
    # Only what needs no escaping, neither in SQL nor in an URL.
    given = re.sub(r"\W", "_", urlsplit(url).path.removeprefix("/"), flags=re.ASCII)
    return given[: _LONGEST_NAME - len(suffix)] + suffix


def recreate(url: str, name: str) -> None:
    """Create a database beside the one that `url` names, in place of any of that name.

    Raises:
        StackError: The user may create none.
    """
    try:
        drop_database(url, name=name)
        create_database(url, name=name)
    except psycopg2.errors.InsufficientPrivilege:
        raise StackError(
            "the user of DATABASE_URL may create no database",
            fix="let it (ALTER ROLE ... CREATEDB), or unset DATABASE_URL to use the embedded "
            "server",
        ) from None
