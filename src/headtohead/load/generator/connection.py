"""One keep-alive connection of one user, and the response that comes over it.

Bytes are parsed by llhttp, through the parser that Locust's own client brings along.
"""

from contextlib import suppress
from functools import cached_property
from socket import MSG_PEEK
from time import monotonic
from typing import Any

import gevent
from gevent import monkey, socket
from geventhttpclient._parser import HTTPParseError, HTTPResponseParser
from geventhttpclient.client import IDEMPOTENT_METHODS
from geventhttpclient.header import Headers
from geventhttpclient.response import HTTPConnectionClosed, HTTPProtocolViolationError

# A socket's own class: gevent's waits where one is about to wait already.
_Socket: Any = monkey.get_original("socket", "socket")

# Most responses come whole in one read of this many bytes.
READ_BYTES = 65536

# What a response may take from its first byte to its last: each part of one that never ends comes
# in time.
WHOLE_SECONDS = 60.0

# Of libev: what a watcher waits for.
_READABLE = 1
_WRITABLE = 2


class ReceivedResponse(HTTPResponseParser):
    """A response as it comes in, of which Locust's response class can be made.

    Fields of the header are only put in order once somebody asks for them.

    Attributes:
        whole: Whether it is there to its last byte. Responses of 1xx are not the one waited for.

    Args:
        method: That of the request.
    """

    def __init__(self, method: str) -> None:
        super().__init__()
        self.whole = False
        self._bodiless = method == "HEAD"
        self._names: list[str] = []
        self._values: list[str] = []
        self._parts: list[bytes] = []

    @cached_property
    def _headers_index(self) -> Headers:
        """The fields by name, where Locust's response class looks for them."""
        return Headers(zip(self._names, self._values, strict=True))

    def read(self, _length: int | None = None) -> bytes:
        """The body as it was sent; the whole of it, whatever part is asked for."""
        return b"".join(self._parts)

    def release(self) -> None:
        """Keep the connection: it belongs to its user, not to the response."""

    # What follows is called by the parser. What a read splits comes in several parts.

    def _on_message_begin(self) -> None:
        # Otherwise what follows the response would be taken for part of it.
        if self.whole:
            raise HTTPProtocolViolationError("the server sent more than one response")
        self._names.clear()
        self._values.clear()

    def _on_status(self, _reason: str) -> None:
        """The number says it all."""

    def _on_header_field(self, part: str) -> None:
        if len(self._names) == len(self._values):
            self._names.append(part)
        else:
            self._names[-1] += part

    def _on_header_value(self, part: str) -> None:
        if len(self._values) < len(self._names):
            self._values.append(part)
        else:
            self._values[-1] += part

    def _on_headers_complete(self) -> bool:
        return self._bodiless

    def _on_body(self, part: bytearray) -> None:
        self._parts.append(bytes(part))

    def _on_message_complete(self) -> None:
        self.whole = self.get_code() >= 200


class Connection:
    """A connection to one server, opened when it is needed and again when the server closed it.

    Args:
        host: Name or address of the server.
        port: Its port.
        connection_timeout: Seconds to wait for the connection.
        network_timeout: Seconds to wait for each part of a response, or of a request's way out.
    """

    def __init__(
        self, *, host: str, port: int, connection_timeout: float, network_timeout: float
    ) -> None:
        self._address = (host, port)
        self._connection_timeout = connection_timeout
        self._network_timeout = network_timeout
        self._socket: Any = None
        self._readable: Any = None

    def exchange(self, request: bytes, *, method: str) -> ReceivedResponse:
        """Send a request and wait for the whole of its response.

        A request is sent again, once, where the server closed a connection that it had kept alive
        just as the request was under way to it, if it does no harm to carry it out twice (RFC 9110,
        section 9.2.2; RFC 9112, section 9.3.1).

        Raises:
            OSError: No connection, a time-out, or a connection that broke.
            HTTPConnectionClosed: The server closed the connection instead of answering.
            HTTPParseError: What came is no HTTP, or only part of a response.
        """
        reused = self._still_open()
        try:
            return self._exchange(request, method=method)
        except HTTPConnectionClosed:
            if not reused or method not in IDEMPOTENT_METHODS:
                raise
        return self._exchange(request, method=method)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._readable.close()
            self._socket.close()
            self._socket = None

    def _still_open(self) -> bool:
        """Whether there is a connection that can be used; one that cannot is closed.

        An idle connection on which there is something to read has been closed by the server, or
        holds what would be taken for the next response.
        """
        if self._socket is None:
            return False
        try:
            self._socket.recv(1, MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        self.close()
        return False

    def _exchange(self, request: bytes, *, method: str) -> ReceivedResponse:
        if self._socket is None:
            self._connect()
        try:
            # A server may refuse a request before it has read all of it, answer and close.
            with suppress(BrokenPipeError, ConnectionResetError):
                self._send(request)
            received = self._receive(method)
        except BaseException:
            self.close()
            raise
        if not received.should_keep_alive():
            self.close()
        return received

    def _connect(self) -> None:
        connected = socket.create_connection(self._address, self._connection_timeout)
        self._socket = _Socket(fileno=connected.detach())
        self._socket.settimeout(0)
        self._readable = gevent.get_hub().loop.io(self._socket.fileno(), _READABLE)

    def _send(self, request: bytes) -> None:
        sent = self._send_some(request)
        while sent < len(request):
            writable = gevent.get_hub().loop.io(self._socket.fileno(), _WRITABLE)
            try:
                socket.wait(writable, self._network_timeout)
            finally:
                writable.close()
            sent += self._send_some(memoryview(request)[sent:])

    def _send_some(self, data: bytes | memoryview) -> int:
        try:
            return int(self._socket.send(data))
        except BlockingIOError:
            return 0

    def _receive(self, method: str) -> ReceivedResponse:
        received = ReceivedResponse(method)
        began = False
        latest = 0.0
        while not received.whole:
            data = self._receive_some(began=began)
            received.feed(data)
            if not data and not received.whole:
                raise HTTPParseError("connection closed before the end of the response")
            if not received.whole:
                latest = latest if began else monotonic() + WHOLE_SECONDS
                if monotonic() > latest:
                    raise TimeoutError("timed out before the end of the response")
            began = True
        return received

    def _receive_some(self, *, began: bool) -> bytes:
        while True:
            socket.wait(self._readable, self._network_timeout)
            try:
                data = bytes(self._socket.recv(READ_BYTES))
            except BlockingIOError:
                continue
            except ConnectionResetError:
                if began:
                    raise
                data = b""
            if not data and not began:
                raise HTTPConnectionClosed("connection closed instead of an answer")
            return data
