"""What both revisions answer before anything is timed, and whether it can be."""

import json
from collections.abc import Mapping, Sequence
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import msgspec

from headtohead.compare.asking import LOG_IN, NotWholeError, Response, ask
from headtohead.compare.bodies import compare_bodies
from headtohead.compare.endpoints import BASE, HEAD, ComparedEndpoint
from headtohead.records.results import Caveat
from headtohead.records.run import UntimedEndpoint
from headtohead.validity import requests

# Within a second of each other two answers have the same times in them.
SECONDS_APART = 1.1
_CSRF = (
    "it wants a CSRF token: [tool.headtohead.login] sends it, or send --cookie csrftoken=... "
    'with --header "X-CSRFToken: ..."'
)
_OTHERWISE = "name settings without that as `settings` in [tool.headtohead]"


class _GraphQLError(msgspec.Struct):
    message: str


class _GraphQLAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """All that one may have; it has no data where the request cannot be carried out at all."""

    data: Any = None
    errors: list[_GraphQLError] = []
    extensions: Any = None


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
        given = json.loads(said.body)
        answers = msgspec.convert(
            given if isinstance(given, list) else [given], list[_GraphQLAnswer]
        )
    except (ValueError, RecursionError, msgspec.ValidationError):
        return False
    return any(each.errors for each in answers)


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


def _untimed(endpoint: ComparedEndpoint, *, reason: str, kind: str) -> UntimedEndpoint:
    return UntimedEndpoint(path=endpoint.path, method=endpoint.method, reason=reason, kind=kind)
