"""The API server of one stack, which is found again by the stack's folder."""

import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from headtohead.host import processes
from headtohead.services.django_project import Project
from headtohead.services.gunicorn import STOP_PATIENCE, GunicornSettings
from headtohead.services.project_variables import STACK_VARIABLE
from headtohead.services.running_server import RunningServer

NAME = "API"


@dataclass(frozen=True, kw_only=True)
class Api:
    """The API server of one stack.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

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
        processes.stop(found, request=signal.SIGINT, patience=STOP_PATIENCE)
        return bool(found)

    def start(
        self,
        project: Project,
        *,
        application: str,
        worker_class: str | None,
        config: str | None,
        workers: int,
        port: int,
        health: str | None,
    ) -> RunningServer:
        """Serve the project and wait until it is healthy; see `GunicornSettings` for the arguments.

        Raises:
            StackError: The port is taken, or the project does not become healthy.
        """
        serving = GunicornSettings(
            name=NAME,
            application=application,
            worker_class=worker_class,
            config=config,
            workers=workers,
            port=port,
            health=health,
            log=self.directory / "logs" / "api.log",
            metrics=self.directory / "prometheus",
        )
        return serving.start(project, environment={}).await_healthy()
