"""Servers beside the API that variants need for themselves, up for as long as they are asked."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from headtohead.config import Config
from headtohead.errors import ConfigurationError, StackError
from headtohead.experiment import Experiment, Server
from headtohead.host import processes
from headtohead.host.interrupts import interrupted_afterwards, uninterrupted
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services.django_project import Project
from headtohead.services.gunicorn import (
    ALIKE,
    OWNER_VARIABLE,
    GunicornSettings,
    StartedGunicorn,
    abandoned,
    stop,
)
from headtohead.services.prometheus import LocalPrometheus, announced
from headtohead.services.running_server import RunningServer
from headtohead.stack.application import application_by
from headtohead.stack.isolation import ISOLATION_NAME
from headtohead.stack.state import State, read_state
from headtohead.stack.target import Target

# Where a server finds what stands in for the services that it asks.
UPSTREAM_VARIABLE = "UPSTREAM_URL"


@contextmanager
def beside(directory: Path, declared: Mapping[str, Server]) -> Iterator[dict[str, RunningServer]]:
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
    stop(abandoned(directory))
    project = _project(state, directory=directory)
    started: dict[str, StartedGunicorn] = {}
    try:
        for name, server in declared.items():
            common = {**ALIKE, OWNER_VARIABLE: processes.mark(os.getpid())}
            if server.upstream:
                upstream = _upstream(name, server, state=state, directory=directory)
                with interrupted_afterwards():
                    started[upstream.name] = upstream.start(project, environment=common)
                common[UPSTREAM_VARIABLE] = started[upstream.name].url
            serving = _serving(name, server, state=state, project=project)
            environment = {**common, **server.environment}
            with interrupted_afterwards():
                started[name] = serving.start(project, environment=environment)
        healthy = {name: each.await_healthy() for name, each in started.items()}
        # What stands in for a service counts nothing.
        watched = [healthy[name] for name in declared]
        with announced(LocalPrometheus(directory=directory).process.folder, watched):
            yield healthy
    finally:
        with uninterrupted():
            stop(each.process for each in started.values())


def _serving(name: str, declared: Server, *, state: State, project: Project) -> GunicornSettings:
    directory = project.directory
    return GunicornSettings(
        name=f"API {name}",
        application=application_by(declared.interface, state.launch, project).name,
        worker_class="asgi" if declared.interface == "asgi" else None,
        config=state.launch.gunicorn_config,
        workers=state.launch.workers,
        health=state.launch.health,
        log=directory / "logs" / f"{_file_name(name)}.log",
        metrics=directory / f"prometheus-{_file_name(name)}",
    )


def _upstream(name: str, declared: Server, *, state: State, directory: Path) -> GunicornSettings:
    return GunicornSettings(
        name=f"upstream of {name}",
        application=declared.upstream,
        worker_class="asgi",
        config=state.launch.gunicorn_config,
        workers=1,
        health="/health/",
        log=directory / "logs" / f"{_file_name(name)}-upstream.log",
        metrics=directory / f"prometheus-{_file_name(name)}-upstream",
    )


def _file_name(name: str) -> str:
    return re.sub(r"\W+", "-", name)


def _project(state: State, *, directory: Path) -> Project:
    """The project as the stack's API serves it."""
    running = state.stack
    return Project(
        runs_in=PythonEnvironment(root=state.launch.root),
        directory=directory,
        settings_module=state.launch.settings_module,
        manage=state.launch.manage,
        database_url=running.database_url,
        cache_url=running.cache_url,
        broker_url=running.broker_url,
        memcached_url=running.memcached_url,
        told=state.launch.variables,
        secrets=state.secrets,
        token=running.token,
        embedded=running.database.pid is not None,
        isolation=directory / ISOLATION_NAME,
    )


@contextmanager
def served(
    experiment: Experiment,
    *,
    target: Target,
    note: Callable[[str], None],
    twice: bool = False,
) -> Iterator[Target]:
    """The target with the experiment's own servers beside it; they are gone when the block ends.

    All of them are up for the whole block, whichever is asked: those that are not are idle.

    Args:
        experiment: Whose variants are going to be asked; most need no server of their own, and
            then the target stays as it is.
        target: The API.
        note: Told in a few words what takes a moment.
        twice: Whether to start the baseline's server a second time, so that one process can be
            compared with another that differs in nothing.

    Raises:
        ConfigurationError: The API is not the local stack's, so that nothing can be started.
        StackError: A server does not come up.
    """
    if not experiment.needs_servers:
        yield target
        return
    if target.directory is None:
        raise _not_ours(experiment)
    servers = _named_servers(experiment)
    identities = {
        experiment.identity(variant): name
        for variant in experiment.all_variants
        for name, server in servers.items()
        if server == experiment.server_of(variant)
    }
    of_baseline = experiment.server_of(experiment.baseline)
    second = f"{experiment.identity(experiment.baseline)} again"
    if twice and of_baseline:
        servers[second] = of_baseline
    note(f"{experiment.name}: starting servers of its own")
    with beside(target.directory, servers) as started:
        urls = {name: f"http://{started[name].address}" for name in servers}
        yield replace(
            target,
            servers={**target.servers, **{each.name: each.version for each in started.values()}},
            processes={
                **target.processes,
                **{each.name: each.pid for each in started.values() if each.pid is not None},
            },
            own_urls={identity: urls[name] for identity, name in identities.items()},
            second_url=urls.get(second),
        )


def servable(
    experiments: Sequence[Experiment], *, config: Config, note: Callable[[str], None]
) -> tuple[Experiment, ...]:
    """The experiments whose servers can be had; which others are skipped, and why, is noted."""
    if not config.url:
        return tuple(experiments)
    for experiment in experiments:
        if experiment.needs_servers:
            note(f"Skipped: {_not_ours(experiment)}")
    return tuple(each for each in experiments if not each.needs_servers)


def _not_ours(experiment: Experiment) -> ConfigurationError:
    return ConfigurationError(
        f"{experiment.name} starts servers of its own, which only the local stack can",
        fix="leave --url out, or name other experiments",
    )


def _named_servers(experiment: Experiment) -> dict[str, Server]:
    """The distinct servers, each by the identity of the first variant that needs it."""
    servers: dict[str, Server] = {}
    for variant in experiment.all_variants:
        server = experiment.server_of(variant)
        if server and server not in servers.values():
            servers[experiment.identity(variant)] = server
    return servers
