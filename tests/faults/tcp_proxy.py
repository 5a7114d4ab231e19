"""A proxy between a server and its clients that stalls, cuts and mends their connections."""

import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Connect = Callable[[], socket.socket]


class TcpProxy:
    """Passes bytes to and fro, until it is told not to.

    Args:
        connect: Opens a connection to the server.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._passing = threading.Event()
        self._passing.set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._refusing = False
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stall(self) -> None:
        """Pass nothing on, as where packets are dropped; connections stay, new ones are taken."""
        self._passing.clear()

    def cut(self) -> None:
        """Reset every connection and refuse new ones, as where a server has died."""
        self._refusing = True
        self._end_listening()
        self._reset()
        self._passing.set()

    def mend(self) -> None:
        """Pass everything on again."""
        if self._refusing:
            self._refusing = False
            self._listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        self._passing.set()

    def _end_listening(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._listener.close()

    def _reset(self) -> None:
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            self._passing.wait()
            try:
                server = self._connect()
            except OSError:
                return
            with server:
                with self._lock:
                    self._open |= {client, server}
                try:
                    if not self._refusing:
                        self._pass_on(client, server)
                finally:
                    with self._lock:
                        self._open -= {client, server}

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        to = {client: server, server: client}
        with selectors.DefaultSelector() as selector, suppress(OSError):
            for each in to:
                selector.register(each, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    source = key.fileobj
                    assert isinstance(source, socket.socket)
                    data = source.recv(65536)
                    self._passing.wait()
                    if not data:
                        return
                    to[source].sendall(data)


@contextmanager
def tcp_proxy(connect: Connect) -> Iterator[TcpProxy]:
    """A proxy that is ended afterwards."""
    proxy = TcpProxy(connect)
    try:
        yield proxy
    finally:
        proxy.cut()


def to_port(port: int) -> Connect:
    """Opens connections to a port of this machine."""
    return lambda: socket.create_connection(("127.0.0.1", port), timeout=None)


def to_socket(path: Path) -> Connect:
    """Opens connections to a Unix socket."""

    def connect() -> socket.socket:
        opened = socket.socket(socket.AF_UNIX)
        try:
            opened.connect(str(path))
        except OSError:
            opened.close()
            raise
        return opened

    return connect
