"""gunicorn serves an application by WSGI or ASGI: the stack's API, or a server beside it."""

import http.client
import os
import shlex
import shutil
import signal
import time
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

import headtohead
from headtohead.errors import ConfigurationError, StackError
from headtohead.host import ports, processes
from headtohead.host.interrupts import interrupted_afterwards
from headtohead.services.django_project import Project
from headtohead.services.project_errors import project_error
from headtohead.services.project_variables import STACK_VARIABLE
from headtohead.services.running_server import RunningServer
from headtohead.services.server_process import ATTEMPTS

_START_PATIENCE = 60.0  # seconds
_HEALTH_TIMEOUT = 5.0  # seconds
_HEALTHY = "healthy"
# Names the process that a server is up for: where that one is gone, the server was left behind.
OWNER_VARIABLE = "H2H_SERVED_FOR"
# The same order of sets in all of them: servers are to differ in what is declared alone.
ALIKE = {"PYTHONHASHSEED": "0"}
_CONFIG = str(Path(headtohead.__file__).parent / "django" / "gunicorn_config.py")
_FOUND_CONFIG = "gunicorn.conf.py"
# As django/gunicorn_config.py reads it, which imports nothing.
_OWN_CONFIG = "H2H_GUNICORN_CONFIG"
# Arguments that gunicorn takes beside those of its command.
ARGUMENTS_VARIABLE = "GUNICORN_CMD_ARGS"
STOP_PATIENCE = 5.0  # seconds


@dataclass(frozen=True, kw_only=True)
class GunicornSettings:
    """What gunicorn is to serve, and how.

    It speaks WSGI and ASGI, so that variants differ in the interface alone.

    Attributes:
        name: What the server is called, in reports and errors.
        application: What it serves, as ``package.module:callable``.
        worker_class: gunicorn's, in place of what its own configuration says; None for that.
        config: gunicorn's config file, from the project's root.
        workers: Worker processes.
        port: Port on 127.0.0.1; 0 takes a free one.
        health: Path that answers 200 once it can serve; None where any answer to / will do.
        command: What serves it in place of gunicorn, with ``{bind}``, or ``{host}`` and
            ``{port}``, for where it has to listen; None for gunicorn.
        version: What it runs on, where that is not h2h's own Django.
        log: Receives what gunicorn and the application print.
        metrics: Folder of the metrics of its workers, which is emptied.
    """

    name: str
    application: str
    worker_class: str | None = None
    config: str | None
    workers: int
    port: int = 0
    health: str | None
    command: str | None = None
    version: str | None = None
    log: Path
    metrics: Path

    def start(self, project: Project, *, environment: Mapping[str, str]) -> "StartedGunicorn":
        """Start it, without waiting for its health.

        Args:
            project: Whose application it is.
            environment: Variables that are other than the project's.

        Raises:
            ConfigurationError: The command cannot be read, or does not say where it listens.
            StackError: The port is taken, or there is no such program.
        """
        shutil.rmtree(self.metrics, ignore_errors=True)
        self.metrics.mkdir(mode=0o700)
        processes.rotate_log(self.log)
        if self.command:
            return self._start_command(self.command, project, environment=environment)
        # Whatever the config file says of other workers and their threads.
        worker_class = [f"--worker-class={self.worker_class}", "--threads=1"]
        with ports.bind(self.port) as bound:
            process = processes.spawn(
                [
                    *(str(project.runs_in.interpreter), "-m", "gunicorn"),
                    *("--config", _CONFIG, "--workers", str(self.workers)),
                    *("--bind", f"fd://{bound.fileno()}"),
                    *(worker_class if self.worker_class else ()),
                    self.application,
                ],
                directory=project.folder,
                environment={
                    **project.variables(),
                    _OWN_CONFIG: str(own_config(project, named=self.config) or ""),
                    ARGUMENTS_VARIABLE: _without_reloading(os.environ.get(ARGUMENTS_VARIABLE, "")),
                    "WEB_CONCURRENCY": str(self.workers),
                    "PROMETHEUS_MULTIPROC_DIR": str(self.metrics),
                    **environment,
                },
                log=self.log,
                descriptors=[bound.fileno()],
            )
            port = ports.port_of(bound)
        return StartedGunicorn(
            serving=self, project=project, environment=environment, process=process, port=port
        )

    def _start_command(
        self, command: str, project: Project, *, environment: Mapping[str, str]
    ) -> "StartedGunicorn":
        # It binds the port itself, so somebody else may be faster: see `await_healthy`.
        port = self.port or ports.free_port()
        programs = project.runs_in.interpreter.parent
        variables = {**project.variables(), **environment, "PYTHONUNBUFFERED": "1"}
        variables["PATH"] = os.pathsep.join([str(programs), variables.get("PATH", os.defpath)])
        words = _filled(project.words(command, setting="`start`"), port=port)
        if shutil.which(words[0], path=variables["PATH"]) is None:
            raise StackError(
                f"there is no program {words[0]!r} to start the project with",
                fix="correct `start` in [tool.headtohead], or --start",
            )
        process = processes.spawn(
            words, directory=project.folder, environment=variables, log=self.log
        )
        return StartedGunicorn(
            serving=self, project=project, environment=environment, process=process, port=port
        )


def own_config(project: Project, *, named: str | None) -> Path | None:
    """The project's own config file of gunicorn, which finds it by its name; None for none.

    Args:
        project: The project.
        named: Its path from the project's root, where the user says it.
    """
    found = project.runs_in.root / named if named else project.folder / _FOUND_CONFIG
    return found if found.is_file() or named else None


def _filled(words: list[str], *, port: int) -> list[str]:
    """The words of a command, with the address where it has to listen."""
    command = " ".join(words)
    if "{bind}" not in command and "{port}" not in command:
        raise ConfigurationError(
            f"`start` is {command!r}, which does not say where to listen",
            fix="add {bind}, or {host} and {port}: gunicorn shop.wsgi --bind {bind}",
        )
    address = {"{bind}": f"{ports.HOST}:{port}", "{host}": ports.HOST, "{port}": str(port)}
    for name, value in address.items():
        words = [word.replace(name, value) for word in words]
    return words


def _without_reloading(arguments: str) -> str:
    """Arguments for gunicorn that start no worker again in the middle of a measurement."""
    words = iter(shlex.split(arguments))
    kept = []
    for word in words:
        if not word.startswith(("--reload", "--max-requests")):
            kept.append(word)
        elif "=" not in word and word != "--reload":
            next(words, None)  # its value
    return shlex.join(kept)


@dataclass(kw_only=True)
class StartedGunicorn:
    """A gunicorn that has been started, or what a command started in its place.

    Attributes:
        serving: What it serves.
        project: Whose application that is.
        environment: Variables that are other than the project's.
        process: Its main process.
        port: Where it listens on 127.0.0.1.
    """

    serving: GunicornSettings
    project: Project
    environment: Mapping[str, str]
    process: psutil.Process
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{ports.HOST}:{self.port}"

    def await_healthy(self) -> RunningServer:
        """The server, once it is healthy; on another port where somebody else got its own.

        Raises:
            StackError: It does not become so.
        """
        for attempt in range(ATTEMPTS):
            if attempt:
                with interrupted_afterwards():
                    stop([self.process])
                    again = self.serving.start(self.project, environment=self.environment)
                    self.process, self.port = again.process, again.port
            if self._comes_up():
                return RunningServer(
                    name=self.serving.name,
                    pid=self.process.pid,
                    address=f"{ports.HOST}:{self.port}",
                    log=self.serving.log,
                    version=self.serving.version
                    or f"gunicorn {version('gunicorn')}, Django {version('django')}",
                )
        raise StackError(
            f"the {self.serving.name} gets no port: each was taken by somebody else",
            fix=f"try again, see {self.serving.log}",
        )

    def _comes_up(self) -> bool:
        """Wait until it is healthy; False where somebody else got its port."""
        deadline = time.monotonic() + _START_PATIENCE
        while True:
            alive = processes.alive(self.process)
            answer = _health(self.port, path=self.serving.health)
            if self._is_taken(answer, alive=alive):
                return False
            if answer == _HEALTHY:
                return True
            if not alive:
                raise project_error(
                    f"the {self.serving.name} does not start",
                    log=self.serving.log,
                    settings_module=self.project.settings_module,
                )
            # It may yet connect to its servers (503); any other answer stays what it is.
            stays = answer is not None and not answer.startswith("503")
            if stays or time.monotonic() > deadline:
                raise StackError(
                    f"the {self.serving.name} is not healthy: "
                    f"GET {self.serving.health or '/'} gets {answer or 'no answer'}",
                    fix=f"make it answer 200 when it can serve, see {self.serving.log}",
                )
            time.sleep(processes.POLL)

    def _is_taken(self, answer: str | None, *, alive: bool) -> bool:
        """Whether somebody else listens where it was to listen."""
        if self.serving.command is None:  # it was given the port itself
            return False
        if answer != _HEALTHY and not alive:
            return not ports.is_free(self.port)
        found = ports.listener(self.port) if answer else None
        # Who listens for a container is none of its processes, but was not there before it either.
        return found is not None and found.create_time() < self.process.create_time()


def healthy(port: int, *, path: str | None) -> bool:
    """Whether what answers on that port says so; see `GunicornSettings.health`."""
    return _health(port, path=path) == _HEALTHY


def _health(port: int, *, path: str | None) -> str | None:
    """`_HEALTHY`, or status and beginning of another answer; None when there is none."""
    asked = http.client.HTTPConnection(ports.HOST, port, timeout=_HEALTH_TIMEOUT)
    with closing(asked) as connection, suppress(OSError, http.client.HTTPException):
        connection.request("GET", path or "/")
        response = connection.getresponse()
        if path is None or response.status == http.HTTPStatus.OK:
            return _HEALTHY
        said = " ".join(response.read(200).decode(errors="replace").split())
        return f"{response.status} {said}"
    return None


def abandoned(directory: Path) -> tuple[psutil.Process, ...]:
    """Servers of the stack in a folder that are up for a process which is no more."""

    def belongs(process: psutil.Process) -> bool:
        environment = process.environ()
        owner = environment.get(OWNER_VARIABLE)
        is_ours = owner and environment.get(STACK_VARIABLE) == str(directory)
        return bool(is_ours) and processes.marked(str(owner)) is None

    return processes.find(belongs)


def stop(found: Iterable[psutil.Process]) -> None:
    """Stop servers and what they started."""
    # As the stack's API is stopped: at once, whoever keeps a connection open.
    processes.stop(found, request=signal.SIGINT, patience=STOP_PATIENCE)
