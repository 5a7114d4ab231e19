"""Exporters of the database and the cache, started beside Prometheus where they are installed."""

import http.client
import os
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from headtohead.stack import logs, ports, processes
from headtohead.stack.running import Server

_START_PATIENCE = 10.0  # seconds
_STOP_PATIENCE = 5.0  # seconds
_TIMEOUT = 5.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Exporter:
    """A program that turns what a server says of itself into metrics.

    Attributes:
        directory: The stack's folder.
        job: Name of its job in Prometheus.
        name: What to call it.
        program: Its name on PATH, as Debian's package installs it.
        environment: The variables that tell it what to export.
        arguments: What else it is called with.
    """

    directory: Path
    job: str
    name: str
    program: str
    environment: Mapping[str, str] = field(repr=False)
    arguments: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Its working directory."""
        return self.directory / "monitoring" / self.job

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.directory / "logs" / f"{self.job}-exporter.log"

    def start(self) -> Server | None:
        """Start it anew; None where it is not installed or does not come up.

        Nothing but some panels depends on it, so its failure is no failure of the stack.
        """
        self.stop()
        program = shutil.which(self.program)
        if program is None:
            return None
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        logs.rotate(self.log)
        address = f"{ports.HOST}:{ports.free_port()}"
        process = processes.spawn(
            [program, f"--web.listen-address={address}", *self.arguments],
            directory=self.folder,
            environment={**os.environ, "GOMAXPROCS": "1", **self.environment},
            log=self.log,
        )
        if not _becomes_ready(process, address):
            self.stop()
            return None
        return Server(
            name=self.name, pid=process.pid, address=address, log=self.log, version=self.program
        )

    def stop(self) -> bool:
        """Stop it; False when it does not run."""
        found = processes.working_in(self.folder, self.program)
        processes.stop(found, request=signal.SIGTERM, patience=_STOP_PATIENCE)
        return bool(found)


def _becomes_ready(process: psutil.Process, address: str) -> bool:
    deadline = time.monotonic() + _START_PATIENCE
    while processes.alive(process) and time.monotonic() < deadline:
        if _answers(address):
            return True
        time.sleep(processes.POLL)
    return False


def _answers(address: str) -> bool:
    connection = http.client.HTTPConnection(address, timeout=_TIMEOUT)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
