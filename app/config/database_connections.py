"""Connections to PostgreSQL: none that has ended is used, and nobody waits for ever for another.

A server that was started again has ended its connections. That can be seen without asking it: there
is something to read on a connection on which nothing was asked. One look costs a microsecond or
two, and a query a round trip.

A server that hangs ends nothing and honours no `statement_timeout`, and libpq waits for it without
an end. So a thread looks for calls that have waited for too long and shuts their connections, upon
which libpq gives up. What this costs a query is to note when it began: a microsecond, too.
"""

import os
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from time import monotonic, sleep
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.signals import request_started
from django.db import DEFAULT_DB_ALIAS, connections
from django.dispatch import receiver
from psycopg2 import Error, OperationalError, connect, extensions

P = ParamSpec("P")
S = TypeVar("S", bound=extensions.connection | extensions.cursor)
T = TypeVar("T")

# Seconds; libpq allows no less.
CONNECT_SECONDS = 2
# A server that honours the time-out itself is to do so first: then the connection stays.
_GRACE_SECONDS = 0.25
# Set from when the server was found hanging until it answers: threads are few, and nobody who has
# waited for one is to wait for the server besides.
_HANGS = threading.Event()


def patient_for(seconds: float) -> dict[str, Any]:
    """Options of a database whose statements may take so many seconds; 0 is no limit."""
    if not seconds:
        return {}
    global _patience  # noqa: PLW0603 (settings are read once)
    _patience = seconds + _GRACE_SECONDS
    return {
        "connect_timeout": CONNECT_SECONDS,
        "options": f"-c statement_timeout={round(1000 * seconds)}",
        "connection_factory": _Connection,
        "cursor_factory": _Cursor,
    }


@receiver(request_started)
def close_what_the_server_has_closed(**_: Any) -> None:
    """Have requests begin with a new connection where the server has ended the last."""
    for each in connections.all(initialized_only=True):
        if each.connection is not None and not each.in_atomic_block and ended(each.connection):
            each.close()


def ended(connection: extensions.connection) -> bool:
    """Whether nobody can ask anything on a connection any more; on it nothing is being asked."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def require_answers() -> None:
    """See that the server is not known to hang; for connections, too, that threads share.

    Raises:
        OperationalError: It is.
    """
    if _HANGS.is_set():
        raise OperationalError("the database did not answer lately")


_patience = 0.0  # seconds
# When calls began that still wait, by their threads.
_WAITING: dict[int, tuple[float, extensions.connection | extensions.cursor]] = {}
# No call ends while its connection is being shut: it might be closed, and its number another's.
_LOCK = threading.Lock()


def _watched(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    def call(asked: S, /, *arguments: P.args, **named: P.kwargs) -> T:
        thread = threading.get_ident()
        _WAITING[thread] = (monotonic(), asked)
        try:
            return method(asked, *arguments, **named)
        finally:
            with _LOCK:
                del _WAITING[thread]

    return call


def _watch() -> None:
    while True:
        # What begins from now on is not late before that.
        first = min((began for began, _ in _WAITING.copy().values()), default=monotonic())
        sleep(max(0.0, first + _patience - monotonic()))
        with _LOCK:
            late = monotonic() - _patience
            for thread, (began, asked) in _WAITING.copy().items():
                if began <= late:
                    _WAITING[thread] = (monotonic(), asked)
                    _found_hanging()
                    _shut(asked if isinstance(asked, extensions.connection) else asked.connection)


def _found_hanging() -> None:
    if not _HANGS.is_set():
        _HANGS.set()
        threading.Thread(target=_ask_until_it_answers, daemon=True).start()


def _ask_until_it_answers() -> None:
    given = connections[DEFAULT_DB_ALIAS].get_connection_params()
    plain = {name: each for name, each in given.items() if not name.endswith("_factory")}
    took = float("inf")
    # One that refuses costs nobody any time.
    while took > CONNECT_SECONDS / 2:
        began = monotonic()
        with suppress(Error):
            connect(**plain).close()
        took = monotonic() - began
    _HANGS.clear()


def _shut(connection: extensions.connection) -> None:
    with suppress(Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as its:
        its.shutdown(socket.SHUT_RDWR)


@cache
def _watcher(_process: int) -> threading.Thread:
    """The thread of a process, begun once: none of its parent's is in one that was forked."""
    thread = threading.Thread(target=_watch, daemon=True)
    thread.start()
    return thread


class _Connection(extensions.connection):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        require_answers()
        began = monotonic()
        try:
            super().__init__(*arguments, **named)
        finally:
            if monotonic() - began > CONNECT_SECONDS / 2:
                _found_hanging()
        _watcher(os.getpid())

    commit = _watched(extensions.connection.commit)
    rollback = _watched(extensions.connection.rollback)


class _Cursor(extensions.cursor):
    execute = _watched(extensions.cursor.execute)
    executemany = _watched(extensions.cursor.executemany)
    copy_expert = _watched(extensions.cursor.copy_expert)
    # Where rows are read bit by bit, these ask the server, too.
    _fetchmany = _watched(extensions.cursor.fetchmany)
    _close = _watched(extensions.cursor.close)

    def fetchmany(self, *arguments: Any) -> list[tuple[Any, ...]]:
        return self._fetchmany(*arguments) if self.name else super().fetchmany(*arguments)

    def close(self) -> None:
        return self._close() if self.name else super().close()
