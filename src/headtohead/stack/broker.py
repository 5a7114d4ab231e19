"""Celery's broker: the user's own, or a database of its own on the embedded Valkey."""

from dataclasses import replace

from headtohead.stack.addresses import BROKER
from headtohead.stack.cache import external_cache
from headtohead.stack.running import Endpoint

_BROKER_NAME = "Broker"
_DATABASE = 1  # the cache has 0


def external_broker(url: str) -> Endpoint:
    """The user's own server behind BROKER_URL.

    Raises:
        ConfigurationError: The URL is malformed.
        StackError: The server does not answer or does not let us in.
    """
    endpoint = external_cache(url, kind=BROKER)
    return replace(endpoint, server=replace(endpoint.server, name=_BROKER_NAME))


def broker_on(valkey: Endpoint) -> Endpoint:
    """The broker on the embedded Valkey, whose own URL is that of the cache."""
    return Endpoint(
        server=replace(valkey.server, name=_BROKER_NAME),
        url=f"{valkey.url.rpartition('/')[0]}/{_DATABASE}",
    )


def cache_beside(broker_url: str) -> str:
    """The URL of the cache on the embedded Valkey that a broker is on."""
    return f"{broker_url.rpartition('/')[0]}/0"
