"""Servers that run, and how they are reached and watched."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class RunningServer:
    """One server of the stack.

    Attributes:
        name: The product's name, or `API`.
        pid: Its main process; None for a server that is not ours.
        address: Where it listens, without user or password; empty if nowhere. Celery's worker
            shows its metrics there.
        log: Its log; None for a server that is not ours.
        version: What it reports itself to be.
    """

    name: str
    pid: int | None
    address: str
    log: Path | None
    version: str


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A server and the URL by which the project reaches it."""

    server: RunningServer
    url: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Watched:
    """How a stack is watched.

    Attributes:
        address: Host and port of its Prometheus.
        generator_port: The port of 127.0.0.1 where that looks for the metrics of a run.
    """

    address: str
    generator_port: int
