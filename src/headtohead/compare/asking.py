"""One request to one side: what it answers, whole and without the secrets that were sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event, Timer
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from headtohead.compare.endpoints import ComparedEndpoint
from headtohead.errors import MeasurementError
from headtohead.protocol.server_timing import HEADER, ServerTiming
from headtohead.stack.target import TIMEOUT_SECONDS, client

LOG_IN = "log in with --header, H2H_HEADERS or [tool.headtohead.login]"
# What an answer that has begun may take until its end, and how long it may be.
ENDS_WITHIN_SECONDS = 8.0
MOST_BYTES = 100_000_000
_READ_BYTES = 65536
_GOES_ON = re.compile("(^|&)next=")
# Headers whose values are no secrets.
_PUBLIC = frozenset({"accept", "accept-encoding", "accept-language", "content-type", "host"})
# A shorter value would be found everywhere.
_SHORTEST_SECRET = 4


@dataclass(frozen=True, kw_only=True)
class Response:
    """What a side said.

    Attributes:
        status: HTTP status.
        body: Its body, without the secrets that were sent.
        location: Where it redirects to, without those secrets; empty where it does not.
        queries: Database queries that serving it took, as far as the server says.
    """

    status: int
    body: bytes
    location: str = ""
    queries: int = 0

    @property
    def succeeds(self) -> bool:
        """Whether it has a status of success."""
        return 200 <= self.status < 300

    @property
    def wants_login(self) -> bool:
        """Whether it asks for somebody who is known."""
        there = urlsplit(self.location)
        # Where to go on after a login is told by what redirects to it.
        asks = "login" in there.path.lower() or bool(_GOES_ON.search(there.query))
        return self.status in {401, 403} or (300 <= self.status < 400 and asks)


class NotWholeError(Exception):
    """A side gives no whole answer."""

    def __init__(self, reason: str, *, kind: str) -> None:
        super().__init__(reason)
        self.reason, self.kind = reason, kind


def ask(endpoint: ComparedEndpoint, side: str, *, url: str, headers: Mapping[str, str]) -> Response:
    """What a side says to a request.

    Args:
        endpoint: The request.
        side: The side's name.
        url: Scheme, host and port of its server.
        headers: Those that every request carries.

    Raises:
        MeasurementError: Nothing listens at the address.
        NotWholeError: There is no whole answer.
    """
    arm = endpoint.arm(side, url=url, headers=headers)
    # A connection of its own, which no server has closed meanwhile.
    with client() as http:
        try:
            response = http.request(
                arm.method,
                url + arm.path,
                headers=dict(arm.headers),
                body=arm.body,
                redirect=False,
                preload_content=False,
            )
            body = _whole(response, side=side)
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise MeasurementError(
                f"nothing answers at {url} ({type(error).__name__})",
                fix="read the log of that side's server",
            ) from error
        except ReadTimeoutError:
            raise NotWholeError(
                f"{side} does not answer within {TIMEOUT_SECONDS} s", kind="skipped"
            ) from None
        except HTTPError:
            raise NotWholeError(f"{side} breaks its answer off", kind="failed") from None
    location = response.headers.get("Location", "")
    for secret in _secrets(arm.headers):
        body = body.replace(secret.encode("latin-1"), b"[secret]")
        location = location.replace(secret, "[secret]")
    timing = ServerTiming.from_header(response.headers.get(HEADER, ""))
    return Response(
        status=response.status,
        body=body,
        location=location,
        queries=timing.queries if timing else 0,
    )


def _whole(response: urllib3.BaseHTTPResponse, *, side: str) -> bytes:
    """The body to its end, which has to come in time."""
    late = Event()

    def stop() -> None:
        late.set()
        response.shutdown()

    timer = Timer(ENDS_WITHIN_SECONDS, stop)
    timer.start()
    parts = bytearray()
    try:
        for part in response.stream(_READ_BYTES):
            parts += part
            if len(parts) > MOST_BYTES:
                raise NotWholeError(
                    f"{side}'s answer is longer than {MOST_BYTES // 1_000_000} MB", kind="skipped"
                )
    except HTTPError:
        if not late.is_set():
            raise
    finally:
        timer.cancel()
        response.close()
    if late.is_set():
        raise NotWholeError(f"{side}'s answer does not end", kind="skipped")
    return bytes(parts)


def _secrets(headers: Mapping[str, str]) -> list[str]:
    """What of the headers must stand nowhere, the longest first: values, and words in them."""
    values = [value for name, value in headers.items() if name.lower() not in _PUBLIC]
    words = [word for value in values for word in value.replace("=", " ").replace(";", " ").split()]
    found = {each for each in (*values, *words) if len(each) >= _SHORTEST_SECRET}
    return sorted(found, key=len, reverse=True)
