"""The Celery worker and the beat of a stack: started, awaited until a ping is answered, stopped."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from headtohead.errors import StackError
from headtohead.host import ports, processes
from headtohead.services.django_project import Project
from headtohead.services.project_variables import STACK_VARIABLE
from headtohead.services.running_server import RunningServer

WORKER, BEAT = "Worker", "Beat"
# Tells the two apart by their environment: their command lines are the project's business.
_ROLE_VARIABLE = "H2H_ROLE"
_START_PATIENCE = 60.0  # seconds
_STOP_PATIENCE = 10.0  # seconds; a worker finishes the task it is at
_PING_TIMEOUT = 1  # seconds


@dataclass(frozen=True, kw_only=True)
class Celery:
    """A worker of one process and the beat of one stack.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

    @property
    def folder(self) -> Path:
        """Where the beat notes what it has sent, and the worker its metrics."""
        return self.directory / "celery"

    @property
    def node(self) -> str:
        """The worker's name, which no other stack's has on a broker they share."""
        mark = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:8]
        return f"h2h@{mark}"

    def stop(self, *, known: Mapping[str, psutil.Process]) -> dict[str, bool]:
        """Stop both.

        Args:
            known: Processes by name that may have overwritten their environment.

        Returns:
            Whether each of them was running, by name.
        """
        stopped = {}
        for name in (WORKER, BEAT):
            found = {*self._find(name), *([known[name]] if name in known else [])}
            processes.stop(found, request=signal.SIGTERM, patience=_STOP_PATIENCE)
            stopped[name] = bool(found)
        return stopped

    def start(self, project: Project, *, app: str) -> tuple[RunningServer, RunningServer]:
        """Start both and wait until the worker answers a ping.

        Args:
            project: The project, whose database is migrated.
            app: Its Celery application.

        Raises:
            StackError: They do not start, or the worker does not answer.
        """
        metrics = self.folder / "prometheus"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(mode=0o700, parents=True)
        address = f"{ports.HOST}:{ports.free_port()}"
        beat = self._spawn(BEAT, project, app, "beat", "--schedule", self.folder / "beat-schedule")
        worker = self._spawn(
            WORKER,
            project,
            app,
            *("worker", "--hostname", self.node, "--concurrency", "1"),
            *("--without-gossip", "--without-mingle"),  # it has no siblings to talk to
            environment={"PROMETHEUS_MULTIPROC_DIR": str(metrics), "H2H_TASK_METRICS": address},
        )
        self._await(worker, beat, broker_url=project.broker_url)
        return (
            self._server(WORKER, worker, address=address),
            self._server(BEAT, beat, address=""),
        )

    def _spawn(
        self,
        name: str,
        project: Project,
        app: str,
        *arguments: str | Path,
        environment: Mapping[str, str] | None = None,
    ) -> psutil.Process:
        processes.rotate_log(self._log(name))
        return processes.spawn(
            [
                str(project.runs_in.interpreter),
                "-m",
                "celery",
                "--app",
                app,
                *arguments,
                "--loglevel",
                "INFO",
            ],
            directory=project.runs_in.root,
            environment={**project.variables(), _ROLE_VARIABLE: name, **(environment or {})},
            log=self._log(name),
        )

    def _await(self, worker: psutil.Process, beat: psutil.Process, *, broker_url: str) -> None:
        deadline = time.monotonic() + _START_PATIENCE
        answered = False
        while not answered:
            answered = self._ping(broker_url)
            for name, process in ((WORKER, worker), (BEAT, beat)):
                if not processes.alive(process):
                    line = processes.telling_line(processes.read_log(self._log(name)))
                    raise StackError(
                        f"Celery's {name.lower()} does not start: {line}",
                        fix=f"check `celery` in [tool.headtohead], see {self._log(name)}",
                    )
            if not answered and time.monotonic() > deadline:
                raise StackError(
                    f"Celery's worker answers no ping {_START_PATIENCE:.0f} s after its start",
                    fix=f"see {self._log(WORKER)}",
                )

    def _ping(self, broker_url: str) -> bool:
        """Whether the worker answers; the project is not imported for it."""
        asked = subprocess.run(
            [
                *(sys.executable, "-m", "celery", "inspect", "ping"),
                *("--destination", self.node, "--timeout", str(_PING_TIMEOUT)),
            ],
            cwd=self.folder,
            # In the environment, because everybody can read arguments and the URL has a password.
            env=os.environ | {"CELERY_BROKER_URL": broker_url},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return b"pong" in asked.stdout

    def _find(self, name: str) -> tuple[psutil.Process, ...]:
        mark = {STACK_VARIABLE: str(self.directory), _ROLE_VARIABLE: name}
        return processes.find(lambda process: mark.items() <= process.environ().items())

    def _log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name.lower()}.log"

    def _server(self, name: str, process: psutil.Process, *, address: str) -> RunningServer:
        return RunningServer(
            name=name,
            pid=process.pid,
            address=address,
            log=self._log(name),
            version=f"Celery {version('celery')}",
        )
