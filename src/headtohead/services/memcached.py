"""A stack's memcached: start, find and stop it, or look at the user's own."""

import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from headtohead.errors import ConfigurationError, StackError
from headtohead.host import processes
from headtohead.host.ports import HOST, free_port
from headtohead.services.service import Endpoint, RunningServer

NAME = "memcached"
_TIMEOUT = 3.0  # seconds
_START_PATIENCE = 10.0  # seconds
_STOP_PATIENCE = 5.0  # seconds
_ATTEMPTS = 5  # a free port may be taken by somebody else before memcached gets it


@dataclass(frozen=True, kw_only=True)
class Memcached:
    """The memcached of one stack, from this machine's packages.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

    @property
    def folder(self) -> Path:
        """The server's working directory, by which it is found again."""
        return self.directory / "memcached"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.directory / "logs" / "memcached.log"

    def stop(self) -> bool:
        """Stop it; False when it does not run."""
        found = processes.working_in(self.folder, "memcached")
        processes.stop(found, request=signal.SIGTERM, patience=_STOP_PATIENCE)
        return bool(found)

    def start(self) -> Endpoint:
        """Start it anew and wait until it answers.

        Raises:
            StackError: It does not start.
        """
        self.stop()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for _ in range(_ATTEMPTS):
            address = f"{HOST}:{free_port()}"
            processes.rotate_log(self.log)
            process = processes.spawn(
                _command(address), directory=self.folder, environment=os.environ, log=self.log
            )
            found = self._version_once_ready(process, address)
            if found:
                server = RunningServer(
                    name=NAME, pid=process.pid, address=address, log=self.log, version=found
                )
                return Endpoint(server=server, url=address)
        raise StackError(
            f"memcached does not start: {processes.telling_line(processes.read_log(self.log))}",
            fix=f"see {self.log}",
        )

    def _version_once_ready(self, process: psutil.Process, address: str) -> str | None:
        deadline = time.monotonic() + _START_PATIENCE
        while processes.alive(process):
            found = _version(address)
            if found:
                return found
            if time.monotonic() > deadline:
                raise StackError(
                    f"memcached does not answer {_START_PATIENCE:.0f} s after its start",
                    fix=f"see {self.log}",
                )
            time.sleep(processes.POLL)
        return None


def external_memcached(url: str) -> Endpoint:
    """The user's own server behind MEMCACHED_URL.

    Raises:
        ConfigurationError: The URL is not `host:port`.
        StackError: The server does not answer.
    """
    host, _, port = url.rpartition(":")
    if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigurationError(
            f"MEMCACHED_URL is {url!r}", fix="write it as host:port, such as localhost:11211"
        )
    found = _version(url)
    if found is None:
        raise StackError(
            f"no memcached answers at {url}",
            fix="start it or correct MEMCACHED_URL, or unset it to have one started",
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
