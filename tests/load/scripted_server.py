"""A server that answers, byte for byte, what a test tells it to."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What is sent once a request is read.

    Attributes:
        close: Whether the connection ends with it.
        early: Whether it is sent once the head of the request is read.
    """

    data: bytes
    close: bool = False
    early: bool = False


# A server that closes the connection instead of answering.
GONE = Answer(b"", close=True)
# A server that says nothing.
SILENT = Answer(b"")

Script = Sequence[Answer]


class ScriptedServer:
    """Plays one script a connection, a connection after the other.

    Attributes:
        requests: The requests of each connection, as they came.
    """

    def __init__(self, scripts: Sequence[Script]) -> None:
        self.requests: list[list[bytes]] = []
        self._scripts = scripts
        self._closed = [threading.Event() for _ in scripts]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def await_close(self, connection: int) -> None:
        """Wait until the script of a connection has ended it."""
        assert self._closed[connection].wait(10)

    def push(self, data: bytes) -> None:
        """Send what nobody has asked for."""
        self._connection.sendall(data)

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _play(self) -> None:
        for script, closed in zip(self._scripts, self._closed, strict=True):
            try:
                self._connection, _ = self._listener.accept()
            except OSError:
                return
            with self._connection as connection:
                self.requests.append([])
                self._play_script(connection, script)
            closed.set()

    def _play_script(self, connection: socket.socket, script: Script) -> None:
        reader = connection.makefile("rb")
        try:
            for answer in script:
                request = read_request(reader, head_only=answer.early)
                if not request:
                    return
                self.requests[-1].append(request)
                connection.sendall(answer.data)
                if answer.close:
                    return
            reader.read()
        except OSError:
            # The client has gone away first.
            return
        finally:
            reader.close()


def read_request(reader: socket.SocketIO, *, head_only: bool) -> bytes:
    """One request, with its body if that is wanted; empty where the client has left."""
    head = b""
    length = 0
    while line := reader.readline():
        head += line
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        if line == b"\r\n":
            return head if head_only else head + reader.read(length)
    return b""


@contextmanager
def serving(*scripts: Script) -> Iterator[ScriptedServer]:
    server = ScriptedServer(scripts)
    try:
        yield server
    finally:
        server.stop()
