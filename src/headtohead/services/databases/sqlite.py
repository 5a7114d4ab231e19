"""SQLite: databases are files in a folder of h2h's, and nobody else's is ever opened."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from headtohead.errors import StackError
from headtohead.services.running_server import Endpoint, RunningServer

SQLITE = "SQLite"
# What SQLite keeps beside a database until it is closed.
_BESIDE = ("-wal", "-journal")
_COPIES = 5  # attempts at one that nobody changes meanwhile


class SQLite:
    """SQLite as a `headtohead.services.databases.database.Database`: a URL names a file."""

    def external(self, url: str) -> Endpoint:
        """The library, for the record: there is no server."""
        return Endpoint(
            server=RunningServer(
                name=SQLITE, pid=None, address="", log=None, version=sqlite3.sqlite_version
            ),
            url=url,
        )

    def free_name(self, url: str, *, directory: Path, kind: str) -> str:  # noqa: ARG002
        """A name for each kind: the folder is h2h's own."""
        return f"{kind}.sqlite3"

    def beside(self, url: str, *, name: str) -> str:
        """Another file in the same folder."""
        return url_of(file_of(url).with_name(name))

    def create(self, url: str, *, name: str, like: str | None = None) -> str:
        """Make a file, empty or a copy of the one called `like`."""
        self.drop(url, name=name)
        created = self.beside(url, name=name)
        file = file_of(created)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if like is None:
            file.touch(mode=0o600)
        else:
            copy(file_of(self.beside(url, name=like)), file)
        return created

    def load(self, url: str, *, source: Path | str, shown: str) -> None:
        """Copy a file, or carry out a dump that is text."""
        file = source if isinstance(source, Path) else file_of(source)
        if file.suffix != ".sql":
            copy(file, file_of(url))
            return
        try:
            with closing(sqlite3.connect(file_of(url))) as connection:
                connection.executescript(file.read_text(encoding="utf-8"))
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise StackError(
                f"{shown} cannot be carried out by SQLite ({error})",
                fix="name a SQLite file or a dump of one as `data` in [tool.headtohead]",
            ) from None

    def drop(self, url: str, *, name: str) -> None:
        """Remove a file with what is beside it."""
        file = file_of(self.beside(url, name=name))
        for suffix in ("", "-shm", *_BESIDE):
            file.with_name(file.name + suffix).unlink(missing_ok=True)

    def settle(self, url: str) -> None:
        """Write everything into the file, and have its statistics made."""
        with closing(sqlite3.connect(file_of(url))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("ANALYZE")
            connection.commit()

    def django_settings(self, url: str) -> Mapping[str, Any]:
        """The file's name."""
        return {"NAME": str(file_of(url)), "USER": "", "PASSWORD": "", "HOST": "", "PORT": ""}


def url_of(file: Path) -> str:
    """The URL of a database in a file."""
    return file.absolute().as_uri().replace("file://", "sqlite:///", 1)


def file_of(url: str) -> Path:
    """The file that a URL names."""
    return Path("/" + unquote(urlsplit(url).path).lstrip("/"))


def copy(source: Path, target: Path) -> None:
    """Copy a database that others may have open; the source is read and nothing else.

    Raises:
        StackError: It is no database of SQLite's, or somebody keeps changing it.
    """
    for _ in range(_COPIES):
        before = _state(source)
        shutil.copyfile(source, target)
        for suffix in _BESIDE:
            beside = source.with_name(source.name + suffix)
            if beside.exists():
                shutil.copyfile(beside, target.with_name(target.name + suffix))
        if _state(source) == before:
            break
    else:
        raise StackError(
            f"{source} changes while it is copied", fix="stop what writes into it, and try again"
        )
    target.chmod(0o600)
    try:
        with closing(sqlite3.connect(target)) as connection:
            # Takes in what lay beside it.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.DatabaseError as error:
        raise StackError(
            f"{source} cannot be read as a database of SQLite's ({error})",
            fix="name another file as `data` in [tool.headtohead]",
        ) from None


def _state(source: Path) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for suffix in ("", *_BESIDE):
        try:
            facts = source.with_name(source.name + suffix).stat()
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((facts.st_mtime_ns, facts.st_size))
    return found
