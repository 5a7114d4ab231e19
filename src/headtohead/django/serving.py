"""The request at hand: which variant was chosen for it, and what serving it takes."""

from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any


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
