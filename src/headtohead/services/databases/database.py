"""What a stack asks of a database server, whichever product it is.

A backend is a class with these methods in a module of its own, and its line in `_BACKENDS`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from headtohead.services.databases.postgresql import PostgreSQL
from headtohead.services.databases.sqlite import SQLite
from headtohead.services.running_server import Endpoint
from headtohead.services.server_urls import DATABASE


class Database(Protocol):
    """A product, as a client of one of its servers sees it: ours or the user's.

    URLs are those that the project gets as DATABASE_URL.
    """

    def external(self, url: str) -> Endpoint:
        """The user's own server behind a URL.

        Raises:
            ConfigurationError: The URL is malformed.
            StackError: The server does not answer or does not let us in.
        """

    def free_name(self, url: str, *, directory: Path, kind: str) -> str:
        """A name for a database of a stack's beside the one that `url` names.

        Args:
            url: That database.
            directory: The stack's folder: no other stack, on whichever host, gets the same name.
            kind: What the database is for.
        """

    def beside(self, url: str, *, name: str) -> str:
        """The URL of another database on the same server."""

    def create(self, url: str, *, name: str, like: str | None = None) -> str:
        """Create a database on the server that `url` names, in place of any of that name.

        Args:
            url: Another database there.
            name: Its name.
            like: The database that it is a copy of, to which nobody is connected; None for an empty
                one.

        Returns:
            Its URL.

        Raises:
            StackError: The server does not answer, or the user may create none.
        """

    def load(self, url: str, *, source: Path | str, shown: str) -> None:
        """Fill an empty database with a copy of rows that are there already.

        Args:
            url: The database.
            source: A file, or the URL of another database, which is read and nothing else.
            shown: What messages call the source.

        Raises:
            StackError: It cannot be read, or not be taken in.
        """

    def drop(self, url: str, *, name: str) -> None:
        """Drop a database if the server that `url` names has it, whoever is connected to it.

        Raises:
            StackError: The server does not answer.
        """

    def settle(self, url: str) -> None:
        """Have the server look at all rows now: plans must not depend on when it does.

        Raises:
            StackError: The server does not answer.
        """

    def django_settings(self, url: str) -> Mapping[str, Any]:
        """What an entry of DATABASES has to say for this database to be used."""


_BACKENDS: dict[str, Database] = {
    **dict.fromkeys(DATABASE.schemes, PostgreSQL()),
    "sqlite": SQLite(),
}


def database_of(url: str) -> Database:
    """The product that a URL is of; PostgreSQL, which says what is wrong, where it is of none."""
    return _BACKENDS.get(urlsplit(url).scheme, PostgreSQL())
