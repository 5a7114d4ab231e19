"""What watches a stack: Prometheus, and exporters of the servers that speak no metrics."""

import http.client
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from headtohead.host import ports, processes
from headtohead.services.prometheus import GENERATOR, NAME, LocalPrometheus
from headtohead.services.service import RunningServer, Watched

_START_PATIENCE = 10.0  # seconds
_STOP_PATIENCE = 5.0  # seconds
_TIMEOUT = 5.0  # seconds
# Where a project keeps its recording and alert rules, from its root.
RULES = Path("dashboards", "prometheus", "rules")


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

    def start(self) -> RunningServer | None:
        """Start it anew; None where it is not installed or does not come up.

        Nothing but some panels depends on it, so its failure is no failure of the stack.
        """
        self.stop()
        program = shutil.which(self.program)
        if program is None:
            return None
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        processes.rotate_log(self.log)
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
        return RunningServer(
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


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """The monitoring of one stack.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

    def ensure(
        self,
        *,
        scraped: Mapping[str, str],
        database_url: str,
        cache_url: str,
        root: Path,
        last: Watched | None,
        progress: Callable[[str], None],
    ) -> tuple[Watched, Sequence[RunningServer]]:
        """Watch a stack that is up.

        Args:
            scraped: Host and port of the servers that export metrics themselves, by job.
            database_url: The database, for its exporter.
            cache_url: The cache, for its exporter.
            root: The project's folder, which may hold rules.
            last: What was there before; addresses that others know stay as they are.
            progress: Told in a few words what is being done.

        Returns:
            How to reach it, and its servers.

        Raises:
            StackError: Prometheus cannot be started.
        """
        exporters = {
            exporter.job: server
            for exporter in self._exporters(database_url=database_url, cache_url=cache_url)
            if (server := exporter.start()) is not None
        }
        generator_port = last.generator_port if last else ports.free_port()
        prometheus = LocalPrometheus(directory=self.directory).ensure(
            jobs={
                **scraped,
                GENERATOR: f"{ports.HOST}:{generator_port}",
                **{job: server.address for job, server in exporters.items()},
            },
            rules=root / RULES,
            last_address=last.address if last else None,
            progress=progress,
        )
        watched = Watched(address=prometheus.address, generator_port=generator_port)
        return watched, (*exporters.values(), prometheus)

    def stop(self) -> tuple[str, ...]:
        """Stop all of it.

        Returns:
            Names of the servers stopped.
        """
        prometheus = LocalPrometheus(directory=self.directory)
        stopped = [NAME] if prometheus.stop() else []
        exporters = self._exporters(database_url="", cache_url="")
        return (*stopped, *(each.name for each in exporters if each.stop()))

    def _exporters(self, *, database_url: str, cache_url: str) -> Sequence[Exporter]:
        return (
            Exporter(
                directory=self.directory,
                job="postgres",
                name="PostgreSQL exporter",
                program="prometheus-postgres-exporter",
                environment={"DATA_SOURCE_NAME": database_url},
                # Debian's version asks for columns that PostgreSQL 17 dropped.
                arguments=("--no-collector.bgwriter",),
            ),
            Exporter(
                directory=self.directory,
                job="valkey",
                name="Valkey exporter",
                program="prometheus-redis-exporter",
                environment={"REDIS_ADDR": cache_url},
            ),
        )
