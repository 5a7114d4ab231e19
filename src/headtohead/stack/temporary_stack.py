"""A second stack beside one that is up, with rows of its own: the user's stay as they are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from headtohead.errors import StackError
from headtohead.host.interrupts import uninterrupted
from headtohead.services.databases.database import database_of
from headtohead.stack import lifecycle
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import (
    MadeDatabase,
    RunningStack,
    forget_databases,
    hold,
    locked,
    note_databases,
    scratch_directory,
    usable,
)
from headtohead.stack.stopping import recover


@contextmanager
def scratch(
    settings: StackSettings,
    *,
    rows: int,
    seed: int,
    workers: int = 1,
    progress: Callable[[str], None],
) -> Iterator[RunningStack]:
    """An API on a new database of the stack's server and on an empty cache.

    Services that are asked for run again, too: their tasks and values are about other rows. The
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
        running = lifecycle.status(settings)
        if running is None:
            raise StackError("the stack is not up", fix="bring it up with `h2h up`")
        database = database_of(running.database_url)
        name = database.free_name(running.database_url, directory=directory, kind="scratch")
        apart = replace(
            settings,
            directory=scratch_directory(directory),
            workers=workers,
            port=0,
            rows=rows,
            seed=seed,
            database_url=database.beside(running.database_url, name=name),
            cache_url=None,
            broker_url=None,
            memcached_url=None,
            prometheus=False,
            made_up=True,
        )
        progress(f"setting up a temporary database of {rows:,} rows")
        recover(directory, progress=progress)
        lifecycle.down(apart)  # an earlier one may have been killed
        try:
            with locked(apart.directory, progress=progress):
                hold(apart.directory)
                made = MadeDatabase(server=running.database_url, name=name)
                note_databases([made], apart.directory)
            database.create(running.database_url, name=name)
            up = lifecycle.up(apart, progress=_silent, for_a_while=True)
            database.settle(up.database_url)
            yield up
        finally:
            with uninterrupted():
                lifecycle.down(apart)
                # Where the server is gone, the next one drops it.
                with suppress(StackError):
                    database.drop(running.database_url, name=name)
                    forget_databases(apart.directory)


def _silent(_: str) -> None:
    pass
