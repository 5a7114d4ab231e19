"""A stack that is up, as callers see it."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Server:
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

    server: Server
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


@dataclass(frozen=True, kw_only=True)
class RunningStack:
    """Servers that answer, and how to reach them.

    Attributes:
        api_url: Address of the API, without a slash at the end.
        database_url: What the API got as DATABASE_URL.
        cache_url: What the API got as CACHE_URL.
        token: Authorises a request to have itself explained.
        rows: Rows of the main table, as the project's `seed --count` reports them.
        servers: The database, the cache and the API, in the order they are started, and then what
            belongs to services and what watches them.
        broker_url: What the API got as BROKER_URL; empty without Celery.
        memcached_url: What it got as MEMCACHED_URL, as `host:port`; empty without memcached.
        directory: The stack's folder.
        watched: How they are watched; None where they are not.
    """

    api_url: str
    database_url: str = field(repr=False)
    cache_url: str = field(repr=False)
    token: str = field(repr=False)
    rows: int
    servers: tuple[Server, ...]
    broker_url: str = field(repr=False)
    memcached_url: str
    directory: Path
    watched: Watched | None = None
