"""What serving a request takes: queries, database time, cache lookups."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from headtohead.django.executions import wrapping


@dataclass(slots=True)
class Observation:
    """Counts of one request, filled while it is served."""

    variant: str = ""
    queries: int = 0
    database_seconds: float = 0.0
    cache_hits: int = 0
    cache_misses: int = 0


_observation: ContextVar[Observation] = ContextVar("headtohead_observation")


def current_observation() -> Observation:
    """The observation being filled; outside a request, one that nobody reads."""
    return _observation.get(None) or Observation()


@contextmanager
def observing() -> Iterator[Observation]:
    """Count what happens within, in every thread that works for it."""
    observation = Observation()
    token = _observation.set(observation)
    try:
        with wrapping(_count_query):
            yield observation
    finally:
        _observation.reset(token)


def _count_query(
    execute: Callable[..., Any],
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001 (Django calls it by position)
    context: dict[str, Any],
) -> Any:
    observation = current_observation()
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        observation.queries += 1
        observation.database_seconds += perf_counter() - started
