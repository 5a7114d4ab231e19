"""What watches a stack: Prometheus, and exporters of the servers that speak no metrics."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from headtohead.stack import ports
from headtohead.stack.exporters import Exporter
from headtohead.stack.prometheus import GENERATOR, NAME, LocalPrometheus
from headtohead.stack.running import Server, Watched

# Where a project keeps its recording and alert rules, from its root.
RULES = Path("dashboards", "prometheus", "rules")


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
    ) -> tuple[Watched, Sequence[Server]]:
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
