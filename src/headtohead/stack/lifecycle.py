"""The stack as a whole: up, down, status and seed over all of its servers."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from headtohead.errors import StackError
from headtohead.host import ports, processes
from headtohead.host.interrupts import uninterrupted
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services.api import NAME as API
from headtohead.services.api import Api
from headtohead.services.celery import Celery
from headtohead.services.databases.embedded_postgresql import EmbeddedPostgres
from headtohead.services.django_project import Project
from headtohead.services.memcached import Memcached
from headtohead.services.monitoring import Monitoring
from headtohead.services.project_layout import changed_at
from headtohead.services.project_variables import secrets_of
from headtohead.services.prometheus import API_JOB
from headtohead.services.prometheus import program as prometheus_program
from headtohead.services.running_server import RunningServer
from headtohead.services.valkey import EmbeddedValkey, broker_on
from headtohead.stack.application import application_of
from headtohead.stack.availability import CELERY, MEMCACHED, External, external_servers
from headtohead.stack.isolation import isolate_stack
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import (
    RunningStack,
    State,
    hold,
    is_left_behind,
    let_stay,
    locked,
    read_state,
    scratch_directory,
    usable,
    valkey_url,
    write_state,
)
from headtohead.stack.stopping import recover, stop, stop_project

Progress = Callable[[str], None]


def up(settings: StackSettings, *, progress: Progress, for_a_while: bool = False) -> RunningStack:
    """Bring the stack up; one that is up as asked for is left alone, any other is repaired.

    Services that it has already stay, asked for or not. The servers outlive this process. If this
    fails or is interrupted, all of them are stopped.

    Args:
        settings: What to bring up.
        progress: Told in a few words what is being done.
        for_a_while: Whether the stack is up for this process, which then holds it (`is_held`) and
            has to take it down. One that others have brought up stays, unless they were killed.

    Raises:
        ConfigurationError: The URL of a server of the user's is malformed.
        StackError: A server cannot be started or reached, or a service or Prometheus cannot be had.
    """
    with usable(settings.directory) as directory, locked(directory, progress=progress):
        recover(directory, progress=progress)
        state = read_state(directory)
        is_up = state is not None and state.is_up()
        left_behind = is_left_behind(directory)
        if left_behind and state is not None:
            until = "it is stopped in the end" if for_a_while else "it stays up now"
            progress(f"taking over the stack of an h2h that was killed: {until}")
        if not for_a_while:
            let_stay(directory)
        elif left_behind or not is_up:
            hold(directory)
        if state is not None and is_up and state.serves(settings):
            api = state.processes().get(API)
            if api is None or changed_at(settings.root) <= api.create_time():
                return state.stack
            progress("the project's code has changed")
        if state is not None:
            settings = state.with_services(settings)
        if settings.prometheus:
            prometheus_program()
        external = external_servers(settings)
        if settings.port and (state is None or settings.port != state.port):
            ports.bind(settings.port).close()
        try:
            state = _start(settings, state, external=external, progress=progress)
            write_state(state, directory)
        except BaseException:
            with uninterrupted():
                stop(directory, state)
            raise
        return state.stack


def down(settings: StackSettings) -> tuple[str, ...]:
    """Stop our own servers and clean up what an earlier stack left.

    Returns:
        Names of the servers stopped.

    Raises:
        StackError: A server cannot be stopped.
    """
    with usable(settings.directory) as directory:
        if not directory.exists():
            return stop(directory, None)  # servers outlive a folder that is removed under them
        with locked(directory, progress=_silent):
            abandoned = scratch_directory(directory)
            if abandoned.exists():
                stop(abandoned, read_state(abandoned))
            return stop(directory, read_state(directory))


def status(settings: StackSettings) -> RunningStack | None:
    """The stack, if each of its own servers is alive and the API says it is healthy.

    Raises:
        StackError: The stack belongs to another user.
    """
    with usable(settings.directory) as directory:
        state = read_state(directory)
    return state.stack if state is not None and state.is_up() else None


def seed(settings: StackSettings, *, rows: int, seed: int) -> str:
    """Replace all rows of the stack's database, or of the external one.

    Args:
        settings: The stack.
        rows: Rows of the main table.
        seed: The same seed makes the same rows.

    Returns:
        What the project's `seed` command prints.

    Raises:
        StackError: The stack is not up, or the command fails.
    """
    with usable(settings.directory) as directory, locked(directory, progress=_silent):
        state = read_state(directory)
        if state is not None and not state.is_up():
            state = None
        database_url = state.stack.database_url if state is not None else settings.database_url
        cache_url = state.stack.cache_url if state is not None else settings.cache_url
        if database_url is None or cache_url is None:
            raise StackError("the stack is not up", fix="bring it up with `h2h up`")
        project = _project(
            settings,
            state=state,
            database_url=database_url,
            cache_url=cache_url,
            broker_url=state.stack.broker_url if state is not None else "",
            memcached_url=state.stack.memcached_url if state is not None else "",
            embedded=state is not None and state.stack.database.pid is not None,
        )
        printed = project.seed(rows=rows, seed=seed)
        if state is not None:
            stack = replace(state.stack, rows=project.count_rows())
            write_state(replace(state, stack=stack), directory)
        return printed


def _start(
    settings: StackSettings,
    state: State | None,
    *,
    external: External,
    progress: Progress,
) -> State:
    """Start what does not run; the project always, as its servers or its settings have changed."""
    directory = settings.directory.resolve()
    stop_project(directory, state)

    watched = state.stack.watched if state is not None else None
    watches = settings.prometheus or watched is not None
    postgres = EmbeddedPostgres(directory=directory)
    database = external.database
    if database is None:
        database = postgres.ensure(statistics=watches, progress=progress)
    else:
        postgres.stop()
    cache, broker = external.cache, external.broker
    lacks_broker = CELERY in settings.services and broker is None
    valkey = EmbeddedValkey(directory=directory)
    if cache is None or lacks_broker:
        embedded = valkey.ensure(last_url=valkey_url(state), progress=progress)
        cache = cache or embedded
        broker = broker_on(embedded) if lacks_broker else broker
    else:
        valkey.stop()
    memcached = external.memcached
    if memcached is None and MEMCACHED in settings.services:
        progress("starting memcached")
        memcached = Memcached(directory=directory).start()
    elif memcached:
        Memcached(directory=directory).stop()

    project = _project(
        settings,
        database_url=database.url,
        cache_url=cache.url,
        broker_url=broker.url if broker else "",
        memcached_url=memcached.url if memcached else "",
        embedded=settings.made_up or database.server.pid is not None,
        state=state,
    )
    rows = project.fill(
        rows=settings.rows, seed=settings.seed, empty=settings.made_up, progress=progress
    )
    progress("starting the API")
    application = application_of(settings.as_launched(), project)
    served = Api(directory=directory).start(
        project,
        application=application.name,
        # A stack is gunicorn's, whatever else the project has.
        worker_class="asgi" if application.interface == "asgi" else None,
        config=settings.gunicorn_config,
        workers=settings.workers,
        port=_port_to_use(settings, state),
        health=settings.health,
    )

    servers = [database.server, cache.server, served]
    scraped = {API_JOB: served.address}
    if memcached:
        servers.append(memcached.server)
    if broker and settings.celery:
        if broker.server.pid is None or broker.server.pid != cache.server.pid:
            servers.append(broker.server)
        progress("starting Celery")
        worker, beat = Celery(directory=directory).start(project, app=settings.celery)
        servers += (worker, beat)
        scraped["worker"] = worker.address
    watching: Sequence[RunningServer] = ()
    if watches:
        watched, watching = Monitoring(directory=directory).ensure(
            scraped=scraped,
            token=project.token,
            database_url=database.url,
            cache_url=cache.url,
            root=settings.root,
            last=watched,
            progress=progress,
        )
    servers += watching
    return State(
        stack=RunningStack(
            api_url=f"http://{served.address}",
            database_url=database.url,
            cache_url=cache.url,
            token=project.token,
            rows=rows,
            servers=tuple(servers),
            broker_url=project.broker_url,
            memcached_url=project.memcached_url,
            directory=directory,
            watched=watched,
        ),
        launch=settings.as_launched(),
        created={
            server.name: processes.started_at(server.pid)
            for server in servers
            if server.pid is not None
        },
        secrets=project.secrets,
    )


def _project(
    settings: StackSettings, *, state: State | None, embedded: bool, **addresses: str
) -> Project:
    """The project of a stack; its keys stay while the stack lives."""
    directory = settings.directory.resolve()
    return Project(
        runs_in=PythonEnvironment(root=settings.root),
        directory=directory,
        settings_module=settings.settings_module,
        manage=settings.manage,
        told=settings.variables,
        secrets={**secrets_of(settings.variables), **(state.secrets if state is not None else {})},
        token=state.stack.token if state is not None else secrets.token_urlsafe(24),
        isolation=isolate_stack(directory, **addresses),
        embedded=embedded,
        **addresses,
    )


def _port_to_use(settings: StackSettings, state: State | None) -> int:
    """The port asked for, else the one clients know already, else any."""
    if settings.port or state is None:
        return settings.port
    return state.port if ports.is_free(state.port) else 0


def _silent(_: str) -> None:
    pass
