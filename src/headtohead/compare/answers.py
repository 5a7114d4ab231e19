"""What both revisions answer before anything is timed, and whether it can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from urllib3 import PoolManager

from headtohead.check.equal_answers import first_difference
from headtohead.compare.endpoints import BASE, HEAD, ComparedEndpoint
from headtohead.experiment import Request
from headtohead.records.results import Caveat
from headtohead.records.run import UntimedEndpoint
from headtohead.stack.target import client, send
from headtohead.validity import requests


@dataclass(frozen=True, kw_only=True)
class _Response:
    status: int
    body: bytes


def look(
    endpoint: ComparedEndpoint, *, urls: Mapping[str, str], headers: Mapping[str, str]
) -> UntimedEndpoint | tuple[Caveat, ...]:
    """Ask both revisions twice: the caveats of what can be timed, or why it cannot be.

    Args:
        endpoint: What to ask for.
        urls: Scheme, host and port of each side.
        headers: Those that every request carries.

    Raises:
        MeasurementError: Nothing answers at an address.
    """
    with client() as http:
        base, head = (
            [_ask(http, endpoint, side, url=urls[side], headers=headers) for _ in range(2)]
            for side in (BASE, HEAD)
        )
    return judged(endpoint.path, base=base, head=head)


def judged(
    path: str, *, base: Sequence[_Response], head: Sequence[_Response]
) -> UntimedEndpoint | tuple[Caveat, ...]:
    """What the answers of both sides say, each side's first and second."""
    one, other = base[-1], head[-1]
    for side, said in ((BASE, one), (HEAD, other)):
        if said.status >= 500:
            return UntimedEndpoint(path=path, reason=f"{side} answers {said.status}", kind="failed")
    if one.status != other.status and not (_succeeds(one) and _succeeds(other)):
        reason = f"base answers {one.status}, head {other.status}"
        return UntimedEndpoint(path=path, reason=reason, kind="differs")
    if not _succeeds(one):
        return UntimedEndpoint(path=path, reason=f"both answer {one.status}", kind="skipped")
    return _differences(base, head)


def _differences(base: Sequence[_Response], head: Sequence[_Response]) -> tuple[Caveat, ...]:
    one, other = base[-1], head[-1]
    for first, second in (base, head):
        if first.body != second.body:
            return (requests.bodies_vary(where=first_difference(first.body, second.body)),)
    if one.status != other.status:
        return (requests.bodies_differ(where=f"status {one.status}, not {other.status}"),)
    if one.body != other.body:
        return (requests.bodies_differ(where=first_difference(one.body, other.body)),)
    return ()


def _ask(
    http: PoolManager,
    endpoint: ComparedEndpoint,
    side: str,
    *,
    url: str,
    headers: Mapping[str, str],
) -> _Response:
    arm = endpoint.arm(side, url=url, headers=headers)
    response = send(http, Request(path=arm.path, headers=arm.headers), base_url=url)
    return _Response(status=response.status, body=response.data)


def _succeeds(said: _Response) -> bool:
    return 200 <= said.status < 300
