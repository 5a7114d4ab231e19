"""The API of a stack: gunicorn serving the project, awaited until it is healthy, and stopped."""

import http.client
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from headtohead.errors import StackError
from headtohead.stack import logs, ports, processes
from headtohead.stack.project import STACK_VARIABLE, Project, project_error
from headtohead.stack.running import Server
from headtohead.stack.settings import StackSettings

NAME = "API"
_START_PATIENCE = 60.0  # seconds
_STOP_PATIENCE = 5.0  # seconds
_HEALTH_TIMEOUT = 5.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Api:
    """The API server of one stack.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

    @property
    def log(self) -> Path:
        """What gunicorn and the project print."""
        return self.directory / "logs" / "api.log"

    def stop(self, *, known: Iterable[psutil.Process] = ()) -> bool:
        """Stop the API and whatever else of the project runs in this stack.

        Args:
            known: Processes of the API that may have overwritten their environment, as
                gunicorn does where setproctitle is installed.

        Returns:
            Whether there was anything to stop.
        """
        mark = str(self.directory)
        marked = processes.find(lambda process: process.environ().get(STACK_VARIABLE) == mark)
        found = {*marked, *known}
        # SIGINT makes gunicorn stop at once; SIGTERM waits for clients that keep connections open.
        processes.stop(found, request=signal.SIGINT, patience=_STOP_PATIENCE)
        return bool(found)

    def start(self, project: Project, *, settings: StackSettings) -> Server:
        """Serve the project and wait until it is healthy.

        Raises:
            StackError: The port is taken, or the project does not become healthy.
        """
        metrics = self.directory / "prometheus"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(mode=0o700)
        logs.rotate(self.log)
        with ports.bind(settings.port) as bound:
            process = processes.spawn(
                [
                    *(sys.executable, "-m", "gunicorn"),
                    *(("--config", settings.gunicorn_config) if settings.gunicorn_config else ()),
                    *("--bind", f"fd://{bound.fileno()}"),
                    # By default its path is the same for every gunicorn of a user.
                    "--no-control-socket",
                    settings.wsgi,
                ],
                directory=project.root,
                environment=project.environment()
                | {
                    "WEB_CONCURRENCY": str(settings.workers),
                    "PROMETHEUS_MULTIPROC_DIR": str(metrics),
                },
                log=self.log,
                descriptors=[bound.fileno()],
            )
            port = ports.port_of(bound)
        self._await(process, port=port, settings_module=project.settings_module)
        return Server(
            name=NAME,
            pid=process.pid,
            address=f"{ports.HOST}:{port}",
            log=self.log,
            version=f"gunicorn {version('gunicorn')}, Django {version('django')}",
        )

    def _await(self, process: psutil.Process, *, port: int, settings_module: str) -> None:
        deadline = time.monotonic() + _START_PATIENCE
        while (answer := _health(port)) != "200":
            if not processes.alive(process):
                raise project_error(
                    "the API does not start", log=self.log, settings_module=settings_module
                )
            # It may yet connect to its servers (503); any other answer stays what it is.
            waiting = answer is None or answer.startswith("503")
            if not waiting or time.monotonic() > deadline:
                raise StackError(
                    f"the API is not healthy: GET /health/ gets {answer or 'no answer'}",
                    fix=f"make it answer 200 when the project can serve, see {self.log}",
                )
            time.sleep(processes.POLL)


def healthy(port: int) -> bool:
    """Whether the API on that port says so."""
    return _health(port) == "200"


def _health(port: int) -> str | None:
    """The status and, unless it is 200, the beginning of the answer; None when there is none."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=_HEALTH_TIMEOUT)
    try:
        connection.request("GET", "/health/")
        response = connection.getresponse()
        if response.status == http.HTTPStatus.OK:
            return "200"
        body = response.read(200).decode(errors="replace")
        return f"{response.status} {' '.join(body.split())}"
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
