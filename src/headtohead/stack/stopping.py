"""What runs for a stack is stopped, and so is what was left beside it by an h2h that was killed."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from headtohead.errors import StackError
from headtohead.services import gunicorn
from headtohead.services.api import NAME as API
from headtohead.services.api import Api
from headtohead.services.celery import Celery
from headtohead.services.databases.database import database_of
from headtohead.services.databases.embedded_postgresql import EmbeddedPostgres
from headtohead.services.databases.postgresql import POSTGRESQL as DATABASE
from headtohead.services.memcached import NAME as MEMCACHED_SERVER
from headtohead.services.memcached import Memcached
from headtohead.services.monitoring import Monitoring
from headtohead.services.valkey import VALKEY as CACHE
from headtohead.services.valkey import EmbeddedValkey
from headtohead.stack.state import (
    State,
    forget_databases,
    is_left_behind,
    noted_databases,
    read_state,
    remove_state,
    scratch_directory,
)


def stop(directory: Path, state: State | None) -> tuple[str, ...]:
    """Stop all servers of the stack in a folder, and forget it; returns the names of those."""
    watching = Monitoring(directory=directory).stop()
    stopped = {
        **stop_project(directory, state),
        MEMCACHED_SERVER: Memcached(directory=directory).stop(),
        CACHE: EmbeddedValkey(directory=directory).stop(),
        DATABASE: EmbeddedPostgres(directory=directory).stop(),
    }
    remove_state(directory)
    return (*watching, *(name for name, was_running in stopped.items() if was_running))


def stop_project(directory: Path, state: State | None) -> dict[str, bool]:
    """Stop what runs the project's code; whether each part was running, by its server's name."""
    known = state.processes() if state is not None else {}
    stopped = Celery(directory=directory).stop(known=known)
    api = Api(directory=directory).stop(known=[known[API]] if API in known else [])
    return {**stopped, API: api}


def recover(directory: Path, *, progress: Callable[[str], None]) -> None:
    """Stop and drop what an h2h that was killed left beside the stack, and say so.

    Args:
        directory: The stack's folder, which is locked: nobody else is at work beside it.
        progress: Told what there was.
    """
    left = gunicorn.abandoned(directory)
    gunicorn.stop(left)
    found = [f"{len(left)} servers of variants"] if left else []
    scratch = scratch_directory(directory)
    for each in noted_databases(scratch):
        # Where its server is gone, it is dropped when the next one of its name is made.
        with suppress(StackError):
            database_of(each.server).drop(each.server, name=each.name)
            found.append(f"database {each.name}")
    forget_databases(scratch)
    if is_left_behind(scratch):
        found += stop(scratch, read_state(scratch))
    if found:
        progress(f"an h2h that was killed left {', '.join(found)}: gone now")
