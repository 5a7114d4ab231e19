"""What watches a stack: Prometheus, and exporters of the servers that speak no metrics."""

import http.client
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from headtohead.errors import StackError
from headtohead.host import ports
from headtohead.services.prometheus import GENERATOR, NAME, LocalPrometheus
from headtohead.services.running_server import RunningServer, Watched
from headtohead.services.server_process import ServerProcess

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
    def process(self) -> ServerProcess:
        """Its process."""
        return ServerProcess(
            name=self.name,
            programs=(self.program,),
            folder=self.directory / "monitoring" / self.job,
            log=self.directory / "logs" / f"{self.job}-exporter.log",
            start_seconds=10.0,
        )

    def start(self) -> RunningServer | None:
        """Start it again; None where it is not installed or does not come up.

        Nothing but some panels depends on it, so its failure is no failure of the stack.
        """
        self.stop()
        program = shutil.which(self.program)
        if program is None:
            return None
        self.process.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        address = f"{ports.HOST}:{ports.free_port()}"
        with suppress(StackError):
            started = self.process.start(
                [program, f"--web.listen-address={address}", *self.arguments],
                answer=lambda: _answers(address) or None,
                environment={**os.environ, "GOMAXPROCS": "1", **self.environment},
            )
            if started:
                return RunningServer(
                    name=self.name,
                    pid=started[0].pid,
                    address=address,
                    log=self.process.log,
                    version=self.program,
                )
        self.stop()
        return None

    def stop(self) -> bool:
        """Stop it; False when it does not run."""
        return self.process.stop()


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
        token: str,
        database_url: str,
        cache_url: str,
        root: Path,
        last: Watched | None,
        progress: Callable[[str], None],
    ) -> tuple[Watched, Sequence[RunningServer]]:
        """Watch a stack that is up.

        Args:
            scraped: Host and port of the servers that export metrics themselves, by job.
            token: The project's, for the metrics of its API.
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
            token=token,
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
