"""A second stack beside one that is up, with rows of its own: the user's stay as they are."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import psycopg2.errors

from headtohead.errors import StackError
from headtohead.stack import stack
from headtohead.stack.database import analyse, create_database, drop_database
from headtohead.stack.folder import locked, usable
from headtohead.stack.running import RunningStack
from headtohead.stack.settings import StackSettings
from headtohead.stack.signals import uninterrupted

_LONGEST_NAME = 63  # bytes; PostgreSQL cuts what is longer


@contextmanager
def scratch(
    settings: StackSettings,
    *,
    rows: int,
    seed: int,
    workers: int = 1,
    progress: Callable[[str], None],
) -> Iterator[RunningStack]:
    """An API on a new database of the stack's PostgreSQL and on an empty cache.

    Services that are asked for run anew, too: their tasks and values are about other rows. The
    same rows get the same plans. Nothing of it is left, come what may. Meanwhile no other command
    changes the stack.

    Args:
        settings: The stack, which is up.
        rows: Rows of the main table.
        seed: The same seed makes the same rows.
        workers: gunicorn workers of that API.
        progress: Told in a few words what is being done.

    Raises:
        StackError: The stack is not up, its user may create no database, or the API does not
            come up.
    """
    with usable(settings.directory) as directory, locked(directory, progress=progress):
        running = stack.status(settings)
        if running is None:
            raise StackError("the stack is not up", fix="bring it up with `h2h up`")
        name = database_name(running.database_url, directory, kind="scratch")
        apart = replace(
            settings,
            directory=stack.scratch_directory(directory),
            workers=workers,
            port=0,
            rows=rows,
            seed=seed,
            database_url=urlsplit(running.database_url)._replace(path=f"/{name}").geturl(),
            cache_url=None,
            broker_url=None,
            memcached_url=None,
            prometheus=False,
            made_up=True,
        )
        progress(f"setting up a database of {rows:,} rows beside yours")
        stack.down(apart)  # an earlier one may have been killed
        try:
            create_anew(running.database_url, name)
            up = stack.up(apart, progress=_silent)
            analyse(up.database_url)
            yield up
        finally:
            with uninterrupted():
                stack.down(apart)
                # Where the server is gone, the next one drops it.
                with suppress(psycopg2.OperationalError):
                    drop_database(running.database_url, name=name)


def database_name(url: str, directory: Path, *, kind: str) -> str:
    """A name that no other stack on the same server has."""
    mark = hashlib.sha256(os.fsencode(directory)).hexdigest()[:8]
    suffix = f"_{kind}_{mark}"
    # Only what needs no escaping, neither in SQL nor in an URL.
    given = re.sub(r"\W", "_", urlsplit(url).path.removeprefix("/"), flags=re.ASCII)
    return given[: _LONGEST_NAME - len(suffix)] + suffix


def create_anew(url: str, name: str) -> None:
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


def _silent(_: str) -> None:
    pass
