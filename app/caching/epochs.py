"""Epochs: what was cached before a write that a cache never heard of counts no more.

A cache that cannot be reached keeps what it has, and serves it when it is back. So the write begins
a new epoch in the database, and a value counts only in the epoch in which it was read. Asking for
the epoch with each lookup would cost what the cache is to spare, so a process relies on an answer
for half a second, and a write that begins an epoch is acknowledged only once nobody relies on the
one before. As with `app.caching.leases`, only durations count.

This costs each process two small queries a second, by a connection of its own, and while a cache is
away every write that half a second; and without the database nothing that is cached is served.

A cache that was started again may have older content than it had when it ended, though it heard of
every write. A value therefore counts only in the life of the server in which it was kept.
"""

import os
import threading
from time import monotonic, sleep
from typing import NamedTuple, Protocol

from django.db import OperationalError, connection
from psycopg2 import extensions

from app.caching.stores import Store
from app.config.database_connections import ended, require_answers
from headtohead.django import seam

SECONDS = 0.5
_EPOCH = "SELECT last_value FROM catalog_cache_epoch"


class _Known(NamedTuple):
    epoch: int
    until: float
    process: int


_known = _Known(0, float("-inf"), 0)
_connection: extensions.connection | None = None
_LOCK = threading.Lock()


class Epochs(Protocol):
    """How values are told apart that were read before a write of which a cache did not hear."""

    def stamp(self, store: Store) -> str:
        """When a value counts: for what was just found in a store, and what is read from now on.

        Raises:
            DatabaseError: The database does not say which epoch it is.
        """

    def begin(self) -> None:
        """Begin a new epoch, and wait until nobody relies on the last.

        Raises:
            DatabaseError: None could be begun, so what was written must not be acknowledged.
        """


@seam
def epochs() -> Epochs:
    """Readers rely on an answer for a while, and writes wait until nobody does."""
    return ReliedOn()


def epochs_asked_for() -> Epochs:
    """Readers ask with each lookup, and no write waits."""
    return AskedFor()


def epochs_none() -> Epochs:
    """Caches are trusted to have heard of every write: what not to do."""
    return Trusting()


class AskedFor:
    """The number in the database."""

    def stamp(self, store: Store) -> str:
        """Ask, in the request's own transaction if there is one."""
        with connection.cursor() as cursor:
            cursor.execute(_EPOCH)
            (epoch,) = cursor.fetchone()
        return f"{epoch}:{store.life()}"

    def begin(self) -> None:
        """Count it up."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('catalog_cache_epoch')")


class ReliedOn(AskedFor):
    """The number as it was half a second ago at most."""

    def stamp(self, store: Store) -> str:
        """Ask if nobody in this process has just asked."""
        return f"{_current()}:{store.life()}"

    def begin(self) -> None:
        """Count it up, and wait."""
        super().begin()
        sleep(SECONDS)


class Trusting:
    """No number."""

    def stamp(self, _store: Store) -> str:
        """All are alike."""
        return "trusted"

    def begin(self) -> None:
        """Do nothing: what is kept stays."""


def _current() -> int:
    global _known  # noqa: PLW0603
    known = _known
    if _is_relied_on(known):
        return known.epoch
    # One asks for all; where that takes long, nobody would get anything of the database.
    if not _LOCK.acquire(timeout=SECONDS):
        raise OperationalError("the database does not say which epoch of the cache it is")
    try:
        if not _is_relied_on(_known):
            asked_at = monotonic()
            with connection.wrap_database_errors:
                _known = _Known(_ask(), asked_at + SECONDS, os.getpid())
        return _known.epoch
    finally:
        _LOCK.release()


def _is_relied_on(known: _Known) -> bool:
    return monotonic() < known.until and known.process == os.getpid()


def _ask() -> int:
    """Ask by a connection of its own, which no request's transaction and no count knows of."""
    global _connection  # noqa: PLW0603
    require_answers()
    if _connection is None or _known.process != os.getpid() or ended(_connection):
        _connection = connection.get_new_connection(connection.get_connection_params())
        _connection.set_session(autocommit=True)
    with _connection.cursor() as cursor:
        cursor.execute(_EPOCH)
        (epoch,) = cursor.fetchone()
    return int(epoch)
