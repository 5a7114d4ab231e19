"""Ports on 127.0.0.1: taken before a server starts, so that nobody else gets them in between."""

import errno
import socket
from contextlib import suppress

import psutil

from headtohead.errors import StackError

HOST = "127.0.0.1"


def bind(port: int) -> socket.socket:
    """A socket bound to a port; 0 takes a free one.

    Raises:
        StackError: The port is taken or may not be used.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # The connections of a server that just stopped would otherwise hold its port for a minute.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except (OSError, OverflowError) as error:
        bound.close()
        raise StackError(
            f"port {port} {_reason(port, error)}",
            fix="give another with --port, or leave it out to get a free one",
        ) from error
    return bound


def is_free(port: int) -> bool:
    """Whether a server could have this port now."""
    try:
        bind(port).close()
    except StackError:
        return False
    return True


def free_port() -> int:
    """A port that nobody uses now."""
    with bind(0) as bound:
        return port_of(bound)


def port_of(bound: socket.socket) -> int:
    """The port a socket is bound to."""
    port: int = bound.getsockname()[1]
    return port


def listener(port: int) -> psutil.Process | None:
    """Who listens on a port; None for nobody, or one whom this user may not look into."""
    for connection in psutil.net_connections(kind="tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
        if listens and connection.pid is not None:
            with suppress(psutil.NoSuchProcess):
                return psutil.Process(connection.pid)
    return None


def _reason(port: int, error: OSError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return "does not exist"
    if error.errno != errno.EADDRINUSE:
        return f"cannot be used ({error.strerror})"
    owner = listener(port)
    return f"is taken by {owner.name()} (process {owner.pid})" if owner else "is taken"
