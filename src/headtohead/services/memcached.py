"""A stack's memcached: start, find and stop it, or look at the user's own."""

import os
import socket
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from headtohead.errors import ConfigurationError, StackError
from headtohead.host.ports import HOST, free_port, listener
from headtohead.services.running_server import Endpoint, RunningServer
from headtohead.services.server_process import ATTEMPTS, ServerProcess

NAME = "memcached"
_TIMEOUT = 3.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Memcached:
    """The memcached of one stack, from this machine's packages.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

    @property
    def process(self) -> ServerProcess:
        """Its process."""
        return ServerProcess(
            name=NAME,
            programs=("memcached",),
            folder=self.directory / "memcached",
            log=self.directory / "logs" / "memcached.log",
            start_seconds=10.0,
        )

    def stop(self) -> bool:
        """Stop it; False when it does not run."""
        return self.process.stop()

    def start(self) -> Endpoint:
        """Start it again, empty, and wait until it answers.

        Raises:
            StackError: It does not start.
        """
        self.stop()
        self.process.folder.mkdir(mode=0o700, exist_ok=True)
        for _ in range(ATTEMPTS):
            port = free_port()
            address = f"{HOST}:{port}"
            started = self.process.start(_command(address), answer=partial(_version, address))
            if started:
                process, found = started
                # Somebody else may have been faster: theirs answers while ours is still to fail.
                if listener(port) not in {process, None}:
                    continue
                server = RunningServer(
                    name=NAME,
                    pid=process.pid,
                    address=address,
                    log=self.process.log,
                    version=found,
                )
                return Endpoint(server=server, url=address)
        raise self.process.failure()


def empty_memcached(address: str) -> None:
    """Forget everything in a memcached of ours."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=_TIMEOUT) as connection:
        connection.sendall(b"flush_all\r\n")
        connection.makefile("rb").readline()


def external_memcached(url: str) -> Endpoint:
    """The user's own server behind H2H_MEMCACHED_URL.

    Raises:
        ConfigurationError: The URL is not `host:port`.
        StackError: The server does not answer.
    """
    host, _, port = url.rpartition(":")
    if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigurationError(
            f"H2H_MEMCACHED_URL is {url!r}", fix="write it as host:port, such as localhost:11211"
        )
    found = _version(url)
    if found is None:
        raise StackError(
            f"no memcached answers at {url}",
            fix="start it or correct H2H_MEMCACHED_URL, or unset it to have one started",
        )
    server = RunningServer(name=NAME, pid=None, address=url, log=None, version=found)
    return Endpoint(server=server, url=url)


def _command(address: str) -> list[str]:
    host, _, port = address.rpartition(":")
    # As much memory as the embedded Valkey has, and no UDP. As root it refuses to start without an
    # account of fewer rights.
    command = ["memcached", "-l", host, "-p", port, "-U", "0", "-m", "256"]
    return [*command, "-u", "nobody"] if os.geteuid() == 0 else command


def _version(address: str) -> str | None:
    """The version the server reports, such as `1.6.38`; None when none answers."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection(
            (host.strip("[]"), int(port)), timeout=_TIMEOUT
        ) as connection:
            connection.sendall(b"version\r\n")
            answer = connection.makefile("rb").readline()
    except OSError:
        return None
    keyword, _, version = answer.decode(errors="replace").strip().partition(" ")
    return version if keyword == "VERSION" else None
