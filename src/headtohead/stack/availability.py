"""Which services can be had here: the user's own servers, and those that few experiments need."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from headtohead.config import Config
from headtohead.errors import StackError
from headtohead.experiment import SERVICES, Experiment
from headtohead.services.databases.database import database_of
from headtohead.services.memcached import external_memcached
from headtohead.services.running_server import Endpoint
from headtohead.services.valkey import external_broker, external_cache
from headtohead.stack.settings import StackSettings, stack_settings

CELERY, MEMCACHED = SERVICES


def missing(service: str, *, settings: StackSettings) -> StackError | None:
    """Why a service cannot be had, and what brings it; None when it can.

    Args:
        service: One of `headtohead.experiment.SERVICES`.
        settings: The stack that would run it.
    """
    if service == MEMCACHED:
        if settings.memcached_url or shutil.which("memcached"):
            return None
        return StackError(
            "memcached is not installed",
            fix="sudo apt-get install memcached, or set H2H_MEMCACHED_URL",
        )
    if settings.celery is None:
        return StackError(
            "the project has no Celery application", fix="name it as `celery` in [tool.headtohead]"
        )
    if find_spec("celery") is None:
        return StackError("Celery is not installed", fix="pip install '.[app]'")
    return None


def lack_of(experiment: Experiment, *, config: Config) -> StackError | None:
    """Why a service that the experiment needs cannot be had, and what brings it."""
    settings = stack_settings(config)
    lacks = (missing(service, settings=settings) for service in experiment.needs)
    return next((lack for lack in lacks if lack is not None), None)


def runnable(
    experiments: Sequence[Experiment], *, config: Config, note: Callable[[str], None]
) -> tuple[Experiment, ...]:
    """The experiments whose services can be had; which others are skipped, and why, is noted.

    What a server at --url has is not known, so nothing is skipped there.
    """
    if config.url:
        return tuple(experiments)
    kept = []
    for experiment in experiments:
        lack = lack_of(experiment, config=config)
        if lack is None:
            kept.append(experiment)
        else:
            note(f"{experiment.name} is skipped: {lack}")
    return tuple(kept)


@dataclass(frozen=True, kw_only=True)
class External:
    """The servers that are not ours to start; None where ours is to be used, or none."""

    database: Endpoint | None
    cache: Endpoint | None
    broker: Endpoint | None
    memcached: Endpoint | None


def external_servers(settings: StackSettings) -> External:
    """Those that the settings name, as far as they are used.

    Raises:
        ConfigurationError: A URL is malformed.
        StackError: One of them does not answer, or a service that is asked for cannot be had.
    """
    for service in settings.services:
        lack = missing(service, settings=settings)
        if lack is not None:
            raise lack
    broker = settings.broker_url if CELERY in settings.services else None
    memcached = settings.memcached_url if MEMCACHED in settings.services else None
    return External(
        database=database_of(url).external(url) if (url := settings.database_url) else None,
        cache=external_cache(settings.cache_url) if settings.cache_url else None,
        broker=external_broker(broker) if broker else None,
        memcached=external_memcached(memcached) if memcached else None,
    )
