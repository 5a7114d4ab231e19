"""A PostgreSQL server as its client sees it, ours or the user's."""

import hashlib
import os
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2
import psycopg2.errors
import psycopg2.extensions

from headtohead.errors import StackError
from headtohead.services.databases import postgresql_dump
from headtohead.services.running_server import Endpoint, RunningServer
from headtohead.services.server_urls import DATABASE, checked_address

POSTGRESQL = "PostgreSQL"

_TIMEOUT = 3  # seconds; libpq takes whole ones
_LONGEST_NAME = 63  # bytes; PostgreSQL cuts what is longer


class PostgreSQL:
    """PostgreSQL as a `headtohead.services.databases.database.Database`."""

    def external(self, url: str) -> Endpoint:
        """The user's own server behind H2H_DATABASE_URL."""
        address = checked_address(url, kind=DATABASE)
        try:
            version = server_version(url)
        except psycopg2.Error as error:
            raise StackError(
                f"{POSTGRESQL} at {address} cannot be used ({reason(error, url)})",
                fix="start it or correct H2H_DATABASE_URL, or unset it to use the embedded server",
            ) from None
        server = RunningServer(
            name=POSTGRESQL, pid=None, address=address, log=None, version=version
        )
        return Endpoint(server=server, url=url)

    def free_name(self, url: str, *, directory: Path, kind: str) -> str:
        """As long as PostgreSQL takes it, with the mark of host and folder at its end."""
        mark = hashlib.sha256(os.fsencode(directory) + platform.node().encode()).hexdigest()[:8]
        suffix = f"_{kind}_{mark}"
        # Only what needs no escaping, neither in SQL nor in an URL.
        given = re.sub(r"\W", "_", urlsplit(url).path.removeprefix("/"), flags=re.ASCII)
        return given[: _LONGEST_NAME - len(suffix)] + suffix

    def beside(self, url: str, *, name: str) -> str:
        """The same URL with another path."""
        return urlsplit(url)._replace(path=f"/{name}").geturl()

    def create(self, url: str, *, name: str, like: str | None = None) -> str:
        """Create it from a template: a copy of files, which takes a second."""
        template = f' TEMPLATE "{like}"' if like else ""
        with _told(f"database {name} cannot be created", url):
            _execute(url, _dropping(name))
            _execute(url, f'CREATE DATABASE "{name}"{template}')
        return self.beside(url, name=name)

    def drop(self, url: str, *, name: str) -> None:
        """Drop it with its connections."""
        with _told(f"database {name} cannot be dropped", url):
            _execute(url, _dropping(name))

    def load(self, url: str, *, source: Path | str, shown: str) -> None:
        """Take in a dump of pg_dump's, or what it says of another database."""
        read = source if isinstance(source, Path) else _parameters(source)
        postgresql_dump.load(_parameters(url), source=read, shown=shown)

    def settle(self, url: str) -> None:
        """Vacuum and analyse all tables."""
        with _told("tables cannot be analysed", url):
            _execute(url, "VACUUM (ANALYZE)")

    def django_settings(self, url: str) -> Mapping[str, Any]:
        """Name, account and address."""
        known = _parameters(url)
        return {
            "NAME": known.get("dbname", ""),
            "USER": known.get("user", ""),
            "PASSWORD": known.get("password", ""),
            "HOST": known.get("host", ""),
            "PORT": str(known.get("port", "")),
        }


def server_version(url: str) -> str:
    """The version a server reports, such as `18.6`.

    Raises:
        psycopg2.Error: It does not answer or does not let us in.
    """
    with closing(connect(url)) as connection:
        major, minor = divmod(connection.info.server_version, 10_000)
        return f"{major}.{minor}"


def ensure_database(url: str, *, name: str) -> None:
    """Create a database unless the server has it; `url` names another one on that server."""
    with closing(connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        is_there = cursor.fetchone() is not None
    if not is_there:
        _execute(url, f'CREATE DATABASE "{name}"')


def create_extension(url: str, *, name: str) -> None:
    """Create an extension in the database that `url` names, unless it is there."""
    with closing(connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")


def connect(url: str) -> psycopg2.extensions.connection:
    """A connection to the database that a URL names, written as for Django.

    Raises:
        psycopg2.Error: It does not answer or does not let us in.
    """
    connection: psycopg2.extensions.connection = psycopg2.connect(
        **_parameters(url), connect_timeout=_TIMEOUT
    )
    return connection


def _parameters(url: str) -> dict[str, Any]:
    """What a URL says, as libpq calls it."""
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
    return options | {key: value for key, value in given.items() if value}


def reason(error: psycopg2.Error, url: str) -> str:
    """What a database says is wrong, in one line and without the password of its URL."""
    line = str(error).strip().partition("\n")[0].rpartition(" failed: ")[2]
    password = unquote(urlsplit(url).password or "")
    return line.replace(password, "***") if password else line


def _dropping(name: str) -> str:
    return f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'


def _execute(url: str, statement: str) -> None:
    """Execute a statement that refuses to run in a transaction."""
    with closing(connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def _told(problem: str, url: str) -> Iterator[None]:
    """Tell an error of the server's in one line."""
    try:
        yield
    except psycopg2.errors.InsufficientPrivilege:
        raise StackError(
            f"{problem}: the user of H2H_DATABASE_URL may not do that",
            fix="let it (ALTER ROLE ... CREATEDB), or unset H2H_DATABASE_URL to use the embedded "
            "server",
        ) from None
    except psycopg2.Error as error:
        raise StackError(
            f"{problem} ({reason(error, url)})", fix=f"see to {POSTGRESQL}, and try again"
        ) from None
