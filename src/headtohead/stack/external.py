"""The user's own servers, looked at before anything is started."""

from dataclasses import dataclass

from headtohead.stack.broker import external_broker
from headtohead.stack.cache import external_cache
from headtohead.stack.database import external_database
from headtohead.stack.memcached import external_memcached
from headtohead.stack.missing import CELERY, MEMCACHED, missing
from headtohead.stack.running import Endpoint
from headtohead.stack.settings import StackSettings


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
        database=external_database(settings.database_url) if settings.database_url else None,
        cache=external_cache(settings.cache_url) if settings.cache_url else None,
        broker=external_broker(broker) if broker else None,
        memcached=external_memcached(memcached) if memcached else None,
    )
