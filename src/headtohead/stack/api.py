"""The API of a stack: started, and stopped with whatever else of the project runs there."""

import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from headtohead.stack import processes
from headtohead.stack.gunicorn import Serving
from headtohead.stack.project import STACK_VARIABLE, Project
from headtohead.stack.running import Server
from headtohead.stack.settings import StackSettings

NAME = "API"
STOP_PATIENCE = 5.0  # seconds


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

    def start(self, project: Project, *, settings: StackSettings) -> Server:
        """Serve the project and wait until it is healthy.

        Raises:
            StackError: The port is taken, or the project does not become healthy.
        """
        serving = Serving(
            name=NAME,
            application=settings.wsgi,
            config=settings.gunicorn_config,
            workers=settings.workers,
            port=settings.port,
            log=self.directory / "logs" / "api.log",
            metrics=self.directory / "prometheus",
        )
        return serving.start(project, environment={}).await_healthy()
