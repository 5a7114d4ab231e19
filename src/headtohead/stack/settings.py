"""What a stack is asked to be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from headtohead.config import TABLE, Config
from headtohead.errors import ConfigurationError
from headtohead.experiment import SERVICES, Experiment
from headtohead.services.project_layout import layout_of
from headtohead.services.project_variables import ProjectVariable


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """A project and the servers it needs.

    Attributes:
        root: The project's folder: the API and the management commands run here.
        directory: Where data, logs and the state of the stack live.
        settings_module: Dotted name of the Django settings.
        manage: The project's `manage.py`; None where it has none.
        wsgi: The WSGI application, as `package.module:callable`; None where it is found.
        start: What serves revisions in place of gunicorn; None for gunicorn.
        health: Path that answers 200 once the project can serve; None where any answer to / will
            do.
        data: Where the rows come from that revisions are compared on; None where they are found
            or made.
        prepare: Commands that make them.
        reachable: Servers that the project may contact while revisions are compared.
        asgi: The one that speaks ASGI, likewise; it is served where `wsgi` is not named.
        gunicorn_config: gunicorn's config file, from `root`.
        workers: gunicorn workers.
        port: Port of the API on 127.0.0.1; 0 takes a free one.
        rows: Rows seeded when the database is empty.
        seed: Seed of those rows.
        database_url: PostgreSQL to use; None starts the embedded one.
        cache_url: Valkey or Redis to use; None starts the embedded one.
        celery: The project's Celery application; None where it has none.
        broker_url: Valkey or Redis to use as broker; None takes the embedded one.
        memcached_url: memcached to use, as `host:port`; None starts one.
        services: What to start beside the API, of `headtohead.experiment.SERVICES`.
        variables: What the project wants to be told beside the addresses of its servers.
        prometheus: Whether to start a Prometheus beside them; one that runs stays in any case.
        made_up: Whether the database in `database_url` was just created, to be filled with made-up
            rows, so that accounts for trying out may be among them.
    """

    root: Path
    directory: Path
    settings_module: str
    manage: Path | None = None
    wsgi: str | None = None
    asgi: str | None = None
    gunicorn_config: str | None = None
    start: str | None = None
    health: str | None = None
    data: str | None = field(default=None, repr=False)
    prepare: tuple[str, ...] = ()
    reachable: tuple[str, ...] = ()
    workers: int = 1
    port: int = 0
    rows: int = 2000
    seed: int = 1
    database_url: str | None = field(default=None, repr=False)
    cache_url: str | None = field(default=None, repr=False)
    celery: str | None = None
    broker_url: str | None = field(default=None, repr=False)
    memcached_url: str | None = None
    services: tuple[str, ...] = ()
    variables: tuple[ProjectVariable, ...] = ()
    prometheus: bool = False
    made_up: bool = False

    def as_launched(self) -> "StackSettings":
        """These settings without those that another value of needs no other API."""
        return replace(
            self,
            directory=Path(),
            port=0,
            rows=0,
            seed=0,
            prometheus=False,
            made_up=False,
            start=None,
            data=None,
            prepare=(),
            reachable=(),
        )


def stack_settings(config: Config, experiments: Sequence[Experiment] = ()) -> StackSettings:
    """The part of the configuration that concerns the local stack, for these experiments."""
    layout = layout_of(config.root, settings_module=config.settings)
    return StackSettings(
        root=config.root,
        directory=config.stack_directory,
        settings_module=layout.settings_module,
        manage=layout.manage,
        wsgi=config.wsgi,
        start=config.start,
        health=config.health,
        data=config.data,
        prepare=config.prepare,
        reachable=config.reachable,
        asgi=config.asgi,
        gunicorn_config=config.gunicorn_config,
        workers=config.api_workers,
        port=config.port,
        rows=config.rows,
        seed=config.seed,
        database_url=config.database_url,
        cache_url=config.cache_url,
        celery=config.celery,
        broker_url=config.broker_url,
        memcached_url=config.memcached_url,
        services=tuple(
            service
            for service in SERVICES
            if any(service in each.needs for each in experiments)
            # Whoever is about beside them uses the whole project, which may leave work to Celery.
            or (service == "celery" and config.background and config.celery)
        ),
        variables=tuple(_variables(config.variables)),
        prometheus=config.prometheus,
    )


def _variables(table: Mapping[str, Any]) -> Iterator[ProjectVariable]:
    """What [tool.headtohead.variables] says: a text, or `{ value = "...", only = "embedded" }`.

    Raises:
        ConfigurationError: It says something else.
    """
    for name, given in table.items():
        match given:
            case str() as value:
                yield ProjectVariable(name=name, value=value)
            case {"value": str() as value, "only": "embedded"} if len(given) == 2:
                yield ProjectVariable(name=name, value=value, only_embedded=True)
            case _:
                raise ConfigurationError(
                    f"{TABLE[:-1]}.variables] {name} is {given!r}",
                    fix='give a text, or { value = "a text", only = "embedded" }',
                )
