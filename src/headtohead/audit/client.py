"""What an experiment shows beside time: facts, found by asking one variant from several sides.

An audit is a function in the experiment's own file, or in a module beside it, that sends requests
to a variant and states what came of them. It runs in the process of `h2h audit` and, like a
declaration, needs the standard library alone.
"""

import http.client
import select
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from email.message import Message
from time import monotonic
from typing import TypeVar
from urllib.parse import urlsplit

from headtohead.audit.peak_memory import peak_growth
from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment, Request, Variant
from headtohead.protocol.server_timing import HEADER, ServerTiming

T = TypeVar("T")

TIMEOUT_SECONDS = 30
# Methods whose requests do no more when they come twice.
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something an audit found out.

    Attributes:
        name: What it is, such as ``lost updates``.
        value: How much of it there is.
        unit: What `value` counts or measures; ``B`` for bytes; empty where the name says it.
        expected: What should be, in words, such as ``0`` or ``more than 0: the lesson``; empty
            where anything may be.
        holds: Whether it is as expected.
    """

    name: str
    value: float
    unit: str = ""
    expected: str = ""
    holds: bool = True


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response, with times of a monotonic clock in seconds.

    Attributes:
        status: HTTP status.
        headers: Its fields, looked up in whatever case.
        body: Its whole body.
        sent_at: When the request was about to be sent.
        first_byte_at: When the first byte of the body was there, or its end if it has none.
        received_at: When the last one was.
    """

    status: int
    headers: Message
    body: bytes
    sent_at: float
    first_byte_at: float
    received_at: float

    @property
    def timing(self) -> ServerTiming | None:
        """What the server says that serving took; None when it does not say."""
        return ServerTiming.from_header(self.headers.get(HEADER, ""))


@dataclass(frozen=True, kw_only=True)
class AuditedVariant:
    """A variant that is served and can be asked, by several threads at once.

    Attributes:
        experiment: The experiment.
        variant_name: Name of the variant.
        base_url: Address of the server, plain HTTP, without a slash at the end.
        token: What authorises a request to be measured.
        processes: The server's processes on this machine that serve requests.
    """

    experiment: Experiment
    variant_name: str
    base_url: str
    token: str = field(repr=False)
    processes: Sequence[int] = ()
    # Those in nobody's use. A deque, because two threads never get the same one from it.
    _idle: deque[http.client.HTTPConnection] = field(
        default_factory=deque, init=False, repr=False, compare=False
    )

    @property
    def identity(self) -> str:
        """The variant's name in reports, such as ``stock-update/row-lock``."""
        return self.experiment.identity(self._variant)

    def send(self, request: Request) -> Answer:
        """Have the variant serve any request, over one keep-alive connection for each thread.

        Headers that choose the variant and authorise the request are added.

        Raises:
            MeasurementError: No answer comes.
        """
        asking = replace(self.experiment, request=request, request_at_double_rows=None)
        addressed = asking.request_for(self._variant, token=self.token)
        connection, reused = self._connection()
        try:
            try:
                answer = _exchange(connection, addressed)
            except ConnectionError:
                # A server may close an idle connection at the very moment that it is used again.
                # Only what may be done twice is sent twice (RFC 9110, 9.2.2).
                if not reused or addressed.method not in _IDEMPOTENT:
                    raise
                connection.close()  # and opened again by the next request
                answer = _exchange(connection, addressed)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise MeasurementError(
                f"{self.identity}: {request.method} {request.path} gets no answer "
                f"({type(error).__name__})",
                fix="read the API's log in the stack's folder",
            ) from error
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def require(self, request: Request) -> Answer:
        """Have the variant serve a request that has to succeed.

        Raises:
            MeasurementError: No answer comes, or one whose status is not of 2xx.
        """
        answer = self.send(request)
        if not 200 <= answer.status < 300:
            raise MeasurementError(
                f"{self.identity}: {request.method} {request.path} answers {answer.status}",
                fix="read the API's log in the stack's folder",
            )
        return answer

    def concurrently(self, jobs: Sequence[Callable[[], T]], *, users: int) -> list[T]:
        """Carry out jobs on so many threads.

        Args:
            jobs: Each is called once, in about this order.
            users: How many are under way at the same time.

        Returns:
            What the jobs return, in their order. The first exception in that order is raised
            instead; jobs that were not begun by then never are.
        """
        with ThreadPoolExecutor(max_workers=users) as executor:
            try:
                futures = [executor.submit(job) for job in jobs]
                return [future.result() for future in futures]
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                raise

    def peak_growth(self, request: Request) -> int:
        """Have a request served; the largest peak-memory increase of a process, in bytes.

        What a process has once taken it may keep and use again, so only the first request of its
        kind shows all that one takes.

        Raises:
            MeasurementError: The request does not succeed, or the server's memory cannot be read.
        """
        return peak_growth(self.processes, lambda: self.require(request))

    def close(self) -> None:
        """Close all connections; nobody may be sending any more."""
        while self._idle:
            self._idle.pop().close()

    @property
    def _variant(self) -> Variant:
        named = self.variant_name
        return next(each for each in self.experiment.all_variants if each.name == named)

    def _connection(self) -> tuple[http.client.HTTPConnection, bool]:
        """A connection in nobody's use, and whether it has been used and is still open."""
        try:
            connection = self._idle.pop()
        except IndexError:
            address = urlsplit(self.base_url)
            return http.client.HTTPConnection(
                address.hostname or "", address.port, timeout=TIMEOUT_SECONDS
            ), False
        if _was_closed(connection):
            connection.close()  # and opened again by the next request
            return connection, False
        return connection, True


def _was_closed(connection: http.client.HTTPConnection) -> bool:
    """Whether the server has closed an idle connection: there is something to read on it."""
    poll = select.poll()
    if connection.sock is None:
        return False
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))


def _exchange(connection: http.client.HTTPConnection, request: Request) -> Answer:
    body = None if request.body is None else request.body.encode()
    sent_at = monotonic()
    connection.request(request.method, request.path, body=body, headers=dict(request.headers))
    response = connection.getresponse()
    first = response.read(1)
    first_byte_at = monotonic()
    rest = response.read()
    return Answer(
        status=response.status,
        headers=response.headers,
        body=first + rest,
        sent_at=sent_at,
        first_byte_at=first_byte_at,
        received_at=monotonic(),
    )
