"""The statements of the request at hand, counted whichever thread executes them.

The queries of an async view are executed in threads that have database connections of their own.
Context follows them there and what was done to a connection does not, so every connection gets one
wrapper, once, which counts for the context's request and asks the context who else wants to know.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from time import perf_counter
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from headtohead.django.serving import current_observation

# As `DatabaseWrapper.execute_wrapper` takes it.
Wrapper = Callable[[Callable[..., Any], str, Any, bool, dict[str, Any]], Any]

_wrappers: ContextVar[tuple[Wrapper, ...]] = ContextVar("headtohead_wrappers", default=())


@contextmanager
def wrapping(wrapper: Wrapper) -> Iterator[None]:
    """Let a wrapper execute every statement of this context."""
    token = _wrappers.set((*_wrappers.get(), wrapper))
    try:
        yield
    finally:
        _wrappers.reset(token)


def watch_open_connections() -> None:
    """Watch this thread's connections that were opened before anybody listened."""
    for connection in connections.all(initialized_only=True):
        _watch(connection=connection)


@receiver(connection_created, dispatch_uid="headtohead")
def _watch(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _execute not in connection.execute_wrappers:
        # First, because whoever adds one for a while takes the last one away again.
        connection.execute_wrappers.insert(0, _execute)


def _execute(
    execute: Callable[..., Any],
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001 (Django calls it by position)
    context: dict[str, Any],
) -> Any:
    for wrapper in _wrappers.get():
        execute = partial(wrapper, execute)
    observation = current_observation()
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        observation.queries += 1
        observation.database_seconds += perf_counter() - started
