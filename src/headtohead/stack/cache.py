"""A Valkey or Redis server as its client sees it, ours or the user's."""

from contextlib import closing
from urllib.parse import unquote, urlsplit

from headtohead.errors import StackError
from headtohead.stack.addresses import CACHE, Kind, checked_address
from headtohead.stack.running import Endpoint, Server

VALKEY = "Valkey"
_TIMEOUT = 3.0  # seconds


class CacheUnavailableError(Exception):
    """The server does not answer or does not let us in."""


def external_cache(url: str, *, kind: Kind = CACHE) -> Endpoint:
    """The user's own server behind CACHE_URL, or behind the variable of another kind.

    Raises:
        ConfigurationError: The URL is malformed.
        StackError: The server does not answer or does not let us in.
    """
    address = checked_address(url, kind=kind)
    try:
        name, version = server_version(url)
    except CacheUnavailableError as error:
        password = unquote(urlsplit(url).password or "")
        reason = str(error).replace(password, "***") if password else str(error)
        raise StackError(
            f"{kind.server} at {address} cannot be used ({reason})",
            fix=f"start it or correct {kind.variable}, or unset it to use the embedded server",
        ) from None
    server = Server(name=name, pid=None, address=address, log=None, version=version)
    return Endpoint(server=server, url=url)


def empty_cache(url: str) -> None:
    """Forget everything in a database of a cache that is ours alone."""
    import redis  # noqa: PLC0415 (slow, as below)

    with closing(redis.Redis.from_url(url, socket_timeout=_TIMEOUT)) as client:
        client.flushdb()


def server_version(url: str) -> tuple[str, str]:
    """The product and version a server reports, such as `("Valkey", "9.1.2")`.

    Raises:
        CacheUnavailableError: It does not answer or does not let us in.
    """
    # Importing the client takes 0.2 s, which `h2h list` need not wait for.
    import redis  # noqa: PLC0415

    try:
        with closing(
            redis.Redis.from_url(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT)
        ) as client:
            facts = client.info("server")
    except (redis.RedisError, TypeError, ValueError) as error:  # the latter two: odd URL options
        raise CacheUnavailableError(str(error)) from error
    if "valkey_version" in facts:
        return VALKEY, str(facts["valkey_version"])
    return "Redis", str(facts["redis_version"])
