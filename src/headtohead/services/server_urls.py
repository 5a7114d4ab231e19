"""Addresses of the user's own servers: which kinds there are, and whether a URL is one of them."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from headtohead.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class ServerKind:
    """A kind of server that can be pointed at."""

    variable: str
    server: str
    schemes: tuple[str, ...]
    port: int
    example: str


DATABASE = ServerKind(
    variable="H2H_DATABASE_URL",
    server="PostgreSQL",
    schemes=("postgresql", "postgres"),
    port=5432,
    example="postgresql://user:password@localhost:5432/name",
)
CACHE = ServerKind(
    variable="H2H_CACHE_URL",
    server="Valkey or Redis",
    schemes=("redis", "rediss", "unix"),
    port=6379,
    example="redis://:password@localhost:6379/0",
)
BROKER = ServerKind(
    variable="H2H_BROKER_URL",
    server="Valkey or Redis",
    schemes=("redis", "rediss"),
    port=6379,
    example="redis://:password@localhost:6379/1",
)


def checked_address(url: str, *, kind: ServerKind) -> str:
    """Where a URL points, as `host:port` or the path of a socket.

    Raises:
        ConfigurationError: The URL cannot be one of that kind; its text is not repeated.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or kind.port
    except ValueError:
        raise _malformed(kind, "its host or port cannot be read") from None
    if not url.startswith(tuple(f"{scheme}://" for scheme in kind.schemes)):
        raise _malformed(kind, f"it does not begin with {kind.schemes[0]}://")
    if re.search(r"%(?![0-9A-Fa-f]{2})", url):
        raise _malformed(kind, "a % in it is not followed by two hexadecimal digits")
    if parts.fragment:
        raise _malformed(kind, "a # in it is not written %23")
    if kind is DATABASE and not parts.path.strip("/"):
        raise _malformed(kind, "it names no database")
    return _address(parts, port)


def _address(parts: SplitResult, port: int) -> str:
    if parts.scheme == "unix":
        return parts.path
    host = parts.hostname or parse_qs(parts.query).get("host", ["localhost"])[0]
    if host.startswith("/"):
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _malformed(kind: ServerKind, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"{kind.variable} is malformed: {reason}",
        fix=f"write it like {kind.example} (special characters of a password percent-encoded), "
        f"or unset it to use the embedded server",
    )
