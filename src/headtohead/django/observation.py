"""The request at hand: which variant was chosen for it, and what serving it takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A variant chosen for a request.

    Attributes:
        experiment: Name of the experiment.
        variant: Name of the variant.
        identity: Both, as reports write it.
        seam: Dotted path of the function it stands in for.
        selector: What runs in its place.
    """

    experiment: str
    variant: str
    identity: str
    seam: str
    selector: Callable[..., Any]


@dataclass(slots=True)
class Observation:
    """Queries, database time and cache lookups of one request, counted while it is served.

    Attributes:
        choice: What seams run in place of their own body.
        variant: What one of them has run.
    """

    choice: Choice | None = None
    variant: str = ""
    queries: int = 0
    database_seconds: float = 0.0
    cache_hits: int = 0
    cache_misses: int = 0


_observation: ContextVar[Observation] = ContextVar("headtohead_observation")


def current_observation() -> Observation:
    """The observation being filled; outside a request, one that nobody reads."""
    return _observation.get(None) or Observation()


def count_lookups(*, lookups: int, hits: int) -> None:
    """Count keys that were looked up in a cache, and those of them that had a value."""
    observation = current_observation()
    observation.cache_hits += hits
    observation.cache_misses += lookups - hits


# A class, because every request enters it and a generator takes three times as long.
class serving:  # noqa: N801 (as contextlib names its own)
    """Count what happens within, in every thread that works for it, and let seams run a choice."""

    __slots__ = ("_choice", "_token")

    def __init__(self, choice: Choice | None) -> None:
        self._choice = choice

    def __enter__(self) -> Observation:
        observation = Observation(self._choice)
        self._token: Token[Observation] = _observation.set(observation)
        return observation

    def __exit__(self, *_: object) -> None:
        _observation.reset(self._token)


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
