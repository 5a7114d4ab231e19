"""The proxy breaks connections as it is told, or the cases would not break anything."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faults.tcp_proxy import TcpProxy, tcp_proxy, to_port


def echo(connection: socket.socket) -> None:
    with connection:
        while data := connection.recv(100):
            connection.sendall(data)


@pytest.fixture
def proxy() -> Iterator[TcpProxy]:
    """A proxy before a server that sends back what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=echo, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        with tcp_proxy(to_port(listener.getsockname()[1])) as proxy:
            yield proxy
        listener.shutdown(socket.SHUT_RDWR)


def connected(proxy: TcpProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=30)


def answer(connection: socket.socket) -> bytes:
    connection.sendall(b"ping")
    return connection.recv(100)


def test_it_passes_bytes_to_and_fro(proxy: TcpProxy) -> None:
    with connected(proxy) as connection:
        assert answer(connection) == b"ping"


def test_a_stalled_connection_stays_open_and_answers_once_it_is_mended(proxy: TcpProxy) -> None:
    with connected(proxy) as connection:
        assert answer(connection) == b"ping"
        proxy.stall()
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            answer(connection)
        connection.settimeout(30)
        proxy.mend()
        assert connection.recv(100) == b"ping"


def test_a_cut_resets_what_is_open_and_refuses_what_is_new(proxy: TcpProxy) -> None:
    with connected(proxy) as connection:
        assert answer(connection) == b"ping"
        proxy.cut()
        with pytest.raises(ConnectionRefusedError):
            connected(proxy)
        connection.settimeout(30)
        assert connection.recv(100) == b""
    proxy.mend()
    with connected(proxy) as connection:
        assert answer(connection) == b"ping"
