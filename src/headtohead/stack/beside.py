"""Servers beside the API of a stack: the same project, database and cache, served another way."""

import re
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from headtohead.errors import StackError
from headtohead.experiment import Server as DeclaredServer
from headtohead.interrupts import interrupted_afterwards
from headtohead.stack import processes
from headtohead.stack.api import STOP_PATIENCE
from headtohead.stack.gunicorn import Serving, Started
from headtohead.stack.passing import announced
from headtohead.stack.project import STACK_VARIABLE, Project
from headtohead.stack.prometheus import LocalPrometheus
from headtohead.stack.running import Server
from headtohead.stack.signals import uninterrupted
from headtohead.stack.state import State, read_state

# Names the process that a server is up for: where that one is gone, the server was left behind.
OWNER_VARIABLE = "H2H_SERVED_FOR"
# Where a server finds what stands in for the services that it asks.
UPSTREAM_VARIABLE = "UPSTREAM_URL"
# The same order of sets in all of them: servers are to differ in what is declared alone.
ALIKE = {"PYTHONHASHSEED": "0"}


@contextmanager
def beside(directory: Path, declared: Mapping[str, DeclaredServer]) -> Iterator[dict[str, Server]]:
    """Servers that are healthy within the block and gone after it, however it ends.

    Those of a process that was killed are stopped by the next block like this, or by `down`. Where
    the stack is watched, they are as well.

    Args:
        directory: Folder of a stack that is up.
        declared: The servers by name.

    Yields:
        The servers by name, and what stands in for services under a name of its own.

    Raises:
        StackError: The stack is not up, or a server does not become healthy.
    """
    state = read_state(directory)
    if state is None:
        raise StackError("the stack is not up", fix="bring it up with `h2h up`")
    stop(_abandoned(directory))
    project = _project(state, directory=directory)
    started: dict[str, Started] = {}
    try:
        for name, server in declared.items():
            common = {**ALIKE, OWNER_VARIABLE: mark(psutil.Process())}
            if server.upstream:
                upstream = _upstream(name, server, state=state, directory=directory)
                with interrupted_afterwards():
                    started[upstream.name] = upstream.start(project, environment=common)
                common[UPSTREAM_VARIABLE] = started[upstream.name].url
            serving = _serving(name, server, state=state, directory=directory)
            environment = {**common, **server.environment}
            with interrupted_afterwards():
                started[name] = serving.start(project, environment=environment)
        healthy = {name: each.await_healthy() for name, each in started.items()}
        # What stands in for a service counts nothing.
        watched = [healthy[name] for name in declared]
        with announced(LocalPrometheus(directory=directory).folder, watched):
            yield healthy
    finally:
        with uninterrupted():
            stop(each.process for each in started.values())


def _serving(name: str, declared: DeclaredServer, *, state: State, directory: Path) -> Serving:
    return Serving(
        name=f"API {name}",
        application=state.launch.asgi if declared.interface == "asgi" else state.launch.wsgi,
        interface=declared.interface,
        config=state.launch.gunicorn_config,
        workers=state.launch.workers,
        log=directory / "logs" / f"{_file_name(name)}.log",
        metrics=directory / f"prometheus-{_file_name(name)}",
    )


def _upstream(name: str, declared: DeclaredServer, *, state: State, directory: Path) -> Serving:
    return Serving(
        name=f"upstream of {name}",
        application=declared.upstream,
        interface="asgi",
        config=state.launch.gunicorn_config,
        workers=1,
        log=directory / "logs" / f"{_file_name(name)}-upstream.log",
        metrics=directory / f"prometheus-{_file_name(name)}-upstream",
    )


def _file_name(name: str) -> str:
    return re.sub(r"\W+", "-", name)


def _project(state: State, *, directory: Path) -> Project:
    """The project as the stack's API serves it."""
    running = state.stack
    return Project(
        root=state.launch.root,
        directory=directory,
        settings_module=state.launch.settings_module,
        database_url=running.database_url,
        cache_url=running.cache_url,
        broker_url=running.broker_url,
        memcached_url=running.memcached_url,
        secret_key=state.secret_key,
        signing_key=state.signing_key,
        token=running.token,
        embedded=running.servers[0].pid is not None,
    )


def _abandoned(directory: Path) -> tuple[psutil.Process, ...]:
    """Servers of this stack that are up for a process which is no more."""

    def belongs(process: psutil.Process) -> bool:
        environment = process.environ()
        if environment.get(STACK_VARIABLE) != str(directory) or OWNER_VARIABLE not in environment:
            return False
        pid, created = environment[OWNER_VARIABLE].split()
        return processes.recorded(int(pid), created=float(created)) is None

    return processes.find(belongs)


def mark(process: psutil.Process) -> str:
    """What tells a process from any other, even one that gets its id later."""
    return f"{process.pid} {process.create_time()}"


def stop(found: Iterable[psutil.Process]) -> None:
    """Stop servers and what they started."""
    # As the stack's API is stopped: at once, whoever keeps a connection open.
    processes.stop(found, request=signal.SIGINT, patience=STOP_PATIENCE)
