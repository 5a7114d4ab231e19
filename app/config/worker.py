"""gunicorn's threaded worker, but that no thread of it waits for a client.

gunicorn gives a connection to a thread with the first byte of a request, and lets the thread wait
for the rest, however long. A few clients who send half a request then keep everybody else out. Here
the event loop gathers requests, and threads get those that have come whole.

It is the loop, too, that reads on what a client still sends when it has been refused: a connection
that is closed with bytes unread is reset, and the answer may be lost with it.
"""

import json
import re
import selectors
import socket
import struct
import sys
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.config.headers import UNSERVED

# Seconds that a client may take to send a request, or to notice that it has its answer.
PATIENCE = 20.0
# Seconds after which a thread gives up a client who takes nothing of the answer.
STALLED = 5
# Bytes of what has come of all requests that are not whole yet.
MOST_HELD = 64 * 2**20
LONGEST_HEAD = 64 * 2**10
LONGEST_LINE = 8190  # of a chunk; gunicorn takes no longer one
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)")
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue")
_SIZE = re.compile(rb"([0-9a-fA-F]+)[ \t]*(;|$)")
_TIMEOUT = struct.pack("ll", STALLED, 0)


class Arriving:
    """What has come of a request so far.

    Attributes:
        data: The bytes.
        expects: Whether the client waits to be told to go on.
        too_long: Whether its body is longer than will be read.
    """

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)
        self.expects = False
        self.too_long = False
        self._longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        self._searched = 0
        self._body: int | None = None
        self._length: int | None = None
        self._chunk = 0
        self._counted = 0

    def is_whole(self) -> bool:
        """Whether all of it has come that anybody will read."""
        if self._body is None and not self._find_body():
            return False
        if self._length is None:
            return self._has_last_chunk()
        self.too_long = self._length > self._longest
        return self.too_long or len(self.data) >= self._body + self._length

    def _find_body(self) -> bool:
        # One empty line may come before a request; it is not the end of one.
        while self.data.startswith(b"\r\n"):
            del self.data[:2]
        end = self.data.find(b"\r\n\r\n", max(0, self._searched - 3))
        self._searched = len(self.data)
        if end < 0:
            return False
        self._body = self._chunk = end + 4
        head = self.data[: end + 2].lower()
        self.expects = bool(_EXPECTS.search(head))
        if b"\r\ntransfer-encoding:" not in head:
            length = _LENGTH.search(head)
            self._length = int(length[1]) if length else 0
        return True

    def _has_last_chunk(self) -> bool:
        while True:
            end = self.data.find(b"\r\n", self._chunk)
            if end < 0:
                return len(self.data) - self._chunk > LONGEST_LINE
            size = _SIZE.match(self.data[self._chunk : end])
            if size is None:
                return True  # gunicorn says what is wrong with it
            length = int(size[1], 16)
            if length == 0:
                return self.data.find(b"\r\n\r\n", end) >= 0
            come = min(length, len(self.data) - end - 2)
            self.too_long = self._counted + come > self._longest
            if self.too_long or len(self.data) < end + 2 + length + 2:
                return self.too_long
            self._counted += length
            self._chunk = end + 2 + length + 2

    def has_endless_head(self) -> bool:
        """Whether it goes on without coming to its body."""
        return self._body is None and len(self.data) > LONGEST_HEAD

    def request(self) -> bytes:
        """The request, for a thread; one that is too long is its connection's last."""
        if self.too_long:
            line = self.data.find(b"\r\n")
            self.data[line:line] = b"\r\nConnection: close"
        return bytes(self.data)


class GatheringWorker(ThreadWorker):
    """Serves plain HTTP/1.1; what ends TLS stands before it."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._held = 0
        self._waste = bytearray(256 * 2**10)

    def enqueue_req(self, conn: TConn) -> None:
        """Begin with the next request of a connection; a thread gets it once it is whole."""
        if not conn.initialized:
            conn.init()
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                conn.sock.setsockopt(socket.SOL_SOCKET, option, _TIMEOUT)
        conn.sock.settimeout(0)
        conn.waits = False
        conn.arriving = Arriving(conn.parser.unreader.take_buffered())
        self._held += len(conn.arriving.data)
        self._receive(conn)

    def _receive(self, conn: TConn, _socket: object = None) -> None:
        arriving = conn.arriving
        try:
            while not arriving.is_whole():
                data = conn.sock.recv(2**16)
                # Nobody needs that much, whatever it is cut up into.
                too_much = len(arriving.data) > 4 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
                if not data or too_much or arriving.has_endless_head():
                    self._drop(conn)
                    return
                arriving.data += data
                self._held += len(data)
        except BlockingIOError:
            if arriving.expects:
                arriving.expects = False
                with suppress(OSError):
                    conn.sock.send(CONTINUE)
            self._wait(conn, self._receive)
        except OSError:
            self._drop(conn)
        else:
            self._leave(conn)
            conn.parser.unreader.unread(arriving.request())
            super().enqueue_req(conn)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:  # noqa: FBT001 (gunicorn's)
        # What nobody read of the body is here already. gunicorn would pass over 64 KiB of it at
        # most and then close a connection that the answer has said it will keep.
        return bool(keepalive) and conn.parser.finish_body(
            deadline=time.monotonic() + STALLED, max_bytes=sys.maxsize
        )

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Keep the connection, or close it once the client has read the answer."""
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        conn.arriving = Arriving()
        try:
            conn.sock.settimeout(0)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
        else:
            self._wait(conn, self._discard)

    def _discard(self, conn: TConn, _socket: object = None) -> None:
        try:
            if conn.sock.recv_into(self._waste):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._drop(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Refuse what gunicorn cannot read as Django refuses the rest."""
        super().handle_error(req, _AsProblem(client), addr, exc)

    def murder_pending(self) -> None:
        """Drop who has taken too long, and the slowest where there is no room for others."""
        now = time.monotonic()
        while self.pending_conns and (
            self.pending_conns[0].timeout <= now
            or self.nr_conns >= self.worker_connections
            or self._held > MOST_HELD
        ):
            self._drop(self.pending_conns[0])

    def _wait(self, conn: TConn, callback: Any) -> None:
        if not conn.waits:
            conn.waits = True
            conn.timeout = time.monotonic() + PATIENCE
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(callback, conn))

    def _leave(self, conn: TConn) -> None:
        self._held -= len(conn.arriving.data)
        if conn.waits:
            conn.waits = False
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn) -> None:
        self._leave(conn)
        self.nr_conns -= 1
        conn.close()


class _AsProblem:
    """A connection on which gunicorn's page about an error becomes a problem document."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def sendall(self, page: bytes) -> None:
        status = HTTPStatus(int(page.split(b" ", 2)[1]))
        detail = "The server cannot read the request, or does not take one of that size."
        body = json.dumps({"title": status.phrase, "status": status, "detail": detail})
        headers = {
            "Connection": "close",
            "Content-Type": "application/problem+json",
            "Content-Length": str(len(body)),
            **UNSERVED,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        answer = f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n{body}"
        self._connection.sendall(answer.encode("ascii"))
