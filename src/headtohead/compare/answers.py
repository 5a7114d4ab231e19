"""What both revisions answer before anything is timed, and whether it can be."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Timer
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from headtohead.compare.bodies import compare_bodies
from headtohead.compare.endpoints import BASE, HEAD, ComparedEndpoint
from headtohead.errors import MeasurementError
from headtohead.protocol.server_timing import HEADER, ServerTiming
from headtohead.records.results import Caveat
from headtohead.records.run import UntimedEndpoint
from headtohead.stack.target import TIMEOUT_SECONDS, client
from headtohead.validity import requests

# Within a second of each other two answers have the same times in them.
SECONDS_APART = 1.1
# What an answer that has begun may take until its end, and how long it may be.
ENDS_WITHIN_SECONDS = 8.0
MOST_BYTES = 100_000_000
_READ_BYTES = 65536

LOG_IN = "log in with --header, H2H_HEADERS or [tool.headtohead.login]"
_CSRF = (
    "it wants a CSRF token: [tool.headtohead.login] sends it, or send --cookie csrftoken=... "
    'with --header "X-CSRFToken: ..."'
)
_OTHERWISE = "name settings without that as `settings` in [tool.headtohead]"
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


Looked = UntimedEndpoint | tuple[Caveat, ...]


def look(
    endpoints: Sequence[ComparedEndpoint],
    *,
    urls: Mapping[str, str],
    headers: Mapping[str, Mapping[str, str]],
) -> list[Looked]:
    """Ask both revisions twice: the caveats of what can be timed, or why it cannot be.

    Args:
        endpoints: What to ask for.
        urls: Scheme, host and port of each side.
        headers: Those that every request carries, of each side.

    Returns:
        What came of each endpoint, in their order.

    Raises:
        MeasurementError: Nothing listens at an address.
    """
    began = monotonic()
    first = [_ask_both(each, urls=urls, headers=headers) for each in endpoints]
    if not all(isinstance(each, UntimedEndpoint) for each in first):
        sleep(max(0.0, SECONDS_APART - (monotonic() - began)))
    found: list[Looked] = []
    for endpoint, before in zip(endpoints, first, strict=True):
        if isinstance(before, UntimedEndpoint):
            found.append(before)
            continue
        after = _ask_both(endpoint, urls=urls, headers=headers)
        if isinstance(after, UntimedEndpoint):
            found.append(after)
            continue
        base, head = ((before[side], after[side]) for side in (BASE, HEAD))
        found.append(judged(endpoint, base=base, head=head))
    return found


def judged(
    endpoint: ComparedEndpoint, *, base: Sequence[Response], head: Sequence[Response]
) -> Looked:
    """What the answers of both sides say, each side's first and second."""
    reason, kind = _failure(base, head)
    if not reason:
        reason, kind = _graphql_failure(base[-1], head[-1])
    if reason:
        return _untimed(endpoint, reason=reason, kind=kind)
    return tuple(_differences(base, head))


def _failure(base: Sequence[Response], head: Sequence[Response]) -> tuple[str, str]:
    """Which status forbids the timing of an endpoint, and the kind of it; empty for none."""
    one, other = base[-1], head[-1]
    for side, said in ((BASE, one), (HEAD, other)):
        if said.status >= 500:
            return f"{side} answers {said.status}", "failed"
    for side, (first, last) in ((BASE, base), (HEAD, head)):
        if first.succeeds and not last.succeeds:
            reason = (
                f"{side} answers {first.status} first and {last.status} when asked again; only "
                "what can be repeated is timed"
            )
            return reason, "skipped"
    if one.status != other.status and not (one.succeeds and other.succeeds):
        return f"base answers {one.status}, head {other.status}", "differs"
    return ("", "") if one.succeeds else (f"both answer {one.status}{_advice(one)}", "skipped")


def _graphql_failure(one: Response, other: Response) -> tuple[str, str]:
    """The same of the errors that GraphQL answers with a status of success."""
    failing = [side for side, said in ((BASE, one), (HEAD, other)) if _has_graphql_errors(said)]
    if len(failing) > 1:
        return "both answer with GraphQL errors", "skipped"
    if failing:
        return f"{failing[0]} answers with GraphQL errors, the other side does not", "differs"
    return "", ""


def _advice(said: Response) -> str:
    """What to do about an answer of both sides, where that is clear."""
    if said.status == 403 and b"csrf" in said.body.lower():
        return f"; {_CSRF}"
    log_in = f"; {LOG_IN}" if said.wants_login else ""
    if said.status == 429:
        return f": requests are throttled; {_OTHERWISE}"
    if 300 <= said.status < 400 and said.location:
        there = urlsplit(said.location)
        if there.scheme == "https" and not log_in:
            return f" and redirect to {there.path} by HTTPS; {_OTHERWISE}"
        return f" and redirect to {there.path}{log_in}"
    return log_in


def _has_graphql_errors(said: Response) -> bool:
    if b'"errors"' not in said.body:
        return False
    try:
        answer: Any = json.loads(said.body)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and "data" in answer and bool(answer.get("errors"))


def _differences(base: Sequence[Response], head: Sequence[Response]) -> list[Caveat]:
    found = compare_bodies(*([each.body for each in side] for side in (base, head)))
    one, other = base[-1].status, head[-1].status
    difference = f"status {one}, not {other}" if one != other else found.difference
    return [
        *([requests.bodies_vary(where=found.varying)] if found.varying else ()),
        *([requests.bodies_differ(where=difference)] if difference else ()),
    ]


def _ask_both(
    endpoint: ComparedEndpoint,
    *,
    urls: Mapping[str, str],
    headers: Mapping[str, Mapping[str, str]],
) -> dict[str, Response] | UntimedEndpoint:
    said = {}
    for side in (BASE, HEAD):
        try:
            said[side] = ask(endpoint, side, url=urls[side], headers=headers[side])
        except NotWholeError as error:
            return _untimed(endpoint, reason=error.reason, kind=error.kind)
    return said


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


def _untimed(endpoint: ComparedEndpoint, *, reason: str, kind: str) -> UntimedEndpoint:
    return UntimedEndpoint(path=endpoint.path, method=endpoint.method, reason=reason, kind=kind)
