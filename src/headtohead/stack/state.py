"""What a stack that came up leaves behind for the next command: processes, addresses, secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from headtohead.files import write_whole
from headtohead.stack.broker import cache_beside
from headtohead.stack.running import RunningStack

STATE_NAME = "state.json"


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What the API was started with: another launch is another API."""

    root: Path
    settings_module: str
    wsgi: str
    asgi: str
    gunicorn_config: str | None
    workers: int
    database_url: str | None = field(repr=False)
    cache_url: str | None = field(repr=False)
    celery: str | None
    broker_url: str | None = field(repr=False)
    memcached_url: str | None
    services: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class State:
    """A stack that came up.

    Attributes:
        stack: What callers are given.
        launch: What was asked for.
        created: Start of each server's main process by name, in seconds since 1970.
        secret_key: Django's secret key, kept while the stack lives.
        signing_key: The key of the project's tokens, kept likewise.
    """

    stack: RunningStack
    launch: Launch
    created: Mapping[str, float]
    secret_key: str = field(repr=False)
    signing_key: str = field(repr=False)


_converter = make_converter(detailed_validation=False)


def read_state(directory: Path) -> State | None:
    """The state left in a stack's folder; None when there is none that can be understood."""
    try:
        text = (directory / STATE_NAME).read_text(encoding="utf-8")
        return _converter.loads(text, State)
    except (FileNotFoundError, BaseValidationError, KeyError, TypeError, ValueError):
        return None


def write_state(state: State, directory: Path) -> None:
    """Leave the state in a stack's folder, readable by its owner alone."""
    write_whole(_converter.dumps(state, indent=2) + "\n", directory / STATE_NAME, private=True)


def remove_state(directory: Path) -> None:
    """Forget a stack that is no more."""
    (directory / STATE_NAME).unlink(missing_ok=True)


def valkey_url(state: State | None) -> str | None:
    """Where the embedded Valkey was, as the cache; None when there was none."""
    if state is None:
        return None
    if state.launch.cache_url is None:
        return state.stack.cache_url
    if state.stack.broker_url and state.launch.broker_url is None:
        return cache_beside(state.stack.broker_url)
    return None
