"""One request to each side: what is asked for, what it answers, and what that means."""

from collections.abc import Mapping
from dataclasses import dataclass

from headtohead.compare.endpoints import BASE, HEAD, ComparedEndpoint, endpoints_at
from headtohead.compare.openapi import first_list
from headtohead.config import TABLE, Config
from headtohead.experiment import Request
from headtohead.init.facts import Fact, Standing, advised, missing, setting
from headtohead.stack.target import client, send

_SUBJECT = "endpoint"
# Where projects have their OpenAPI document, beside the place that h2h looks at by itself.
_USUAL = (
    *("/api/openapi.json", "/openapi.json", "/api/schema/?format=json", "/schema/?format=json"),
    *("/swagger.json", "/swagger/?format=openapi"),
)
_ANOTHER = "name another one: h2h init --path /api/things/"
_HEADERS = setting("headers", ["Authorization: Token abc"])
_LOGIN = (
    f'H2H_HEADERS="Authorization: Token abc" in the environment, or {_HEADERS} in {TABLE}; '
    "h2h compare takes --header and --cookie, too"
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a side answered.

    Attributes:
        status: Its status.
        location: Where it redirects to; empty for nowhere.
    """

    status: int
    location: str = ""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What both sides are asked for, and why that.

    Attributes:
        endpoint: The request.
        known_by: How it is known.
        document: Path of the OpenAPI document that names it; empty where none does.
    """

    endpoint: ComparedEndpoint
    known_by: str
    document: str = ""


def choose(path: str | None, *, url: str, document: str, headers: Mapping[str, str]) -> Chosen:
    """What to ask for: the path that is named, or the first list of the OpenAPI document, or /.

    Args:
        path: The one that is named; None for none.
        url: Scheme, host and port of the server that has the document.
        document: Path of the document, where it is not in another usual place.
        headers: Those that every request carries.

    Raises:
        ConfigurationError: The path is not absolute.
        MeasurementError: Nothing answers at the address.
    """
    if path is not None:
        (endpoint,) = endpoints_at([path])
        return Chosen(endpoint=endpoint, known_by="--path")
    for place in dict.fromkeys((document, *_USUAL)):
        listed = first_list(url, place, headers=headers)
        if listed:
            (endpoint,) = endpoints_at([listed])
            known_by = f"the first list in {place}"
            return Chosen(endpoint=endpoint, known_by=known_by, document=place)
    (endpoint,) = endpoints_at(["/"])
    return Chosen(endpoint=endpoint, known_by=f"no document at {document} or another usual place")


def ask_each(
    endpoint: ComparedEndpoint, *, urls: Mapping[str, str], headers: Mapping[str, str]
) -> dict[str, Answer]:
    """What each side answers, by the side's name; it is asked once.

    Raises:
        MeasurementError: Nothing answers at an address.
    """
    answers = {}
    with client() as http:
        for side, url in urls.items():
            arm = endpoint.arm(side, url=url, headers=headers)
            response = send(http, Request(path=arm.path, headers=arm.headers), base_url=url)
            location = response.headers.get("Location", "")
            answers[side] = Answer(status=response.status, location=location)
    return answers


def document_fact(chosen: Chosen, *, config: Config) -> Fact | None:
    """Where the project's OpenAPI document is; None where nobody looked for it, or found it."""
    place = chosen.document
    if not place:
        return None
    line = setting("openapi", place)
    if place == config.openapi:
        return Fact(subject="OpenAPI", found=place, known_by="it answers", lines=(line,))
    return advised(
        "OpenAPI",
        place,
        "a usual place",
        line,
        advice=f"{line}, for h2h compare --openapi",
        standing=Standing.OFFERED,
    )


def endpoint_fact(chosen: Chosen, answers: Mapping[str, Answer], *, logs: str) -> Fact:
    """Whether that request can be timed, or what has to be said first.

    Args:
        chosen: What was asked for.
        answers: What each side answered, by its name.
        logs: Folder of the logs of both servers.
    """
    path = chosen.endpoint.path
    base, head = answers[BASE], answers[HEAD]
    if base.status != head.status and not (_succeeded(base) and _succeeded(head)):
        said = f"{path}: base answers {base.status}, the working tree {head.status}"
        broken = max(base.status, head.status) >= 500
        advice = f"see the logs in {logs}" if broken else _ANOTHER
        return missing(_SUBJECT, said, chosen.known_by, advice=advice)
    said = f"{path}: {head.status} from both sides"
    if _succeeded(head):
        return Fact(subject=_SUBJECT, found=said, known_by=chosen.known_by)
    if head.status >= 500:
        return missing(_SUBJECT, said, chosen.known_by, advice=f"see the logs in {logs}")
    if head.status in {401, 403} or "login" in head.location.lower():
        return missing(_SUBJECT, said, chosen.known_by, _HEADERS, advice=_LOGIN)
    if head.location:
        said += f", to {head.location}"
    return missing(_SUBJECT, said, chosen.known_by, advice=_ANOTHER)


def _succeeded(answer: Answer) -> bool:
    return 200 <= answer.status < 300
