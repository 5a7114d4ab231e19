"""One request to each side: what is asked for, what it answers, and what that means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from headtohead.compare.asking import NotWholeError, Response, ask
from headtohead.compare.endpoints import BASE, HEAD, ComparedEndpoint, endpoints_at
from headtohead.compare.finding import USUAL_DOCUMENTS
from headtohead.compare.openapi import first_list
from headtohead.config import TABLE, Config
from headtohead.init.facts import Fact, Standing, advised, missing, setting
from headtohead.protocol.project_description import ProjectRoutes
from headtohead.services.django_project import Project

_SUBJECT = "endpoint"
_ANOTHER = "name another one: h2h init --path /api/things/"
_HEADER = "Authorization: Token abc"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What both sides are asked for, and why that.

    Attributes:
        endpoint: The request.
        known_by: How it is known.
        document: Path of the OpenAPI document that names it; empty where none does.
        routes: What the project's URLconf has; None where nobody looked.
    """

    endpoint: ComparedEndpoint
    known_by: str
    document: str = ""
    routes: ProjectRoutes | None = None


def choose(
    path: str | None, *, url: str, document: str, headers: Mapping[str, str], project: Project
) -> Chosen:
    """What to ask for: what is named, or the first list of the OpenAPI document, or a route.

    Args:
        path: The one that is named; None for none.
        url: Scheme, host and port of the server that has the document.
        document: Path of the document, where it is not in another usual place.
        headers: Those that every request carries.
        project: The project that is served there.

    Raises:
        ConfigurationError: The path is not absolute.
        MeasurementError: Nothing answers at the address.
        StackError: The URLconf cannot be read.
    """
    if path is not None:
        (endpoint,) = endpoints_at([path])
        return Chosen(endpoint=endpoint, known_by="--path")
    for place in dict.fromkeys((document, *USUAL_DOCUMENTS)):
        listed = first_list(url, place, headers=headers)
        if listed:
            (endpoint,) = endpoints_at([listed])
            known_by = f"the first list in {place}"
            return Chosen(endpoint=endpoint, known_by=known_by, document=place)
    routes = project.routes() if project.settings_module else None
    known = routes.paths if routes else ()
    # The page that is least likely to be for somebody who is known.
    (endpoint,) = endpoints_at(["/" if "/" in known or not known else known[0]])
    known_by = "the URLconf" if known else f"no document at {document} or another usual place"
    return Chosen(endpoint=endpoint, known_by=known_by, routes=routes)


def routes_fact(chosen: Chosen) -> Fact | None:
    """What the URLconf leads to; None where nobody looked, as something else is asked for."""
    if chosen.routes is None:
        return None
    routes = chosen.routes
    found = (
        f"{len(routes.paths)} paths without parameters, {routes.with_parameters} with, "
        f"{routes.set_aside} for running the project"
    )
    return Fact(subject="URLconf", found=found, known_by="the project, when asked")


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


def endpoint_fact(
    chosen: Chosen,
    *,
    urls: Mapping[str, str],
    headers: Mapping[str, Mapping[str, str]],
    logs: str,
) -> Fact:
    """Whether that request can be timed, or what has to be said first; each side is asked once.

    Args:
        chosen: What to ask for.
        urls: Scheme, host and port of each side.
        headers: Those that every request carries, of each side.
        logs: Folder of the logs of both servers.

    Raises:
        MeasurementError: Nothing answers at an address.
    """
    try:
        base, head = (
            ask(chosen.endpoint, side, url=urls[side], headers=headers[side])
            for side in (BASE, HEAD)
        )
    except NotWholeError as error:
        said = f"{chosen.endpoint.path}: {error.reason}"
        return missing(_SUBJECT, said, chosen.known_by, advice=_ANOTHER)
    return judged(chosen, base, head, logs=logs)


def judged(chosen: Chosen, base: Response, head: Response, *, logs: str) -> Fact:
    """What the answers of both sides mean."""
    path = chosen.endpoint.path
    if base.status != head.status and not (base.succeeds and head.succeeds):
        said = f"{path}: base answers {base.status}, the working tree {head.status}"
        broken = max(base.status, head.status) >= 500
        advice = f"see the logs in {logs}" if broken else _ANOTHER
        return missing(_SUBJECT, said, chosen.known_by, advice=advice)
    said = f"{path}: {head.status} from both sides"
    if head.succeeds:
        return Fact(subject=_SUBJECT, found=said, known_by=chosen.known_by)
    if head.status >= 500:
        return missing(_SUBJECT, said, chosen.known_by, advice=f"see the logs in {logs}")
    if head.location:
        said += f", to {urlsplit(head.location).path}"
    if head.wants_login:
        line = _login_line(head)
        advice = (
            f'h2h init --header "{_HEADER}" (or --cookie, or H2H_HEADERS); or {line} in {TABLE}'
        )
        return missing(_SUBJECT, said, chosen.known_by, line, advice=advice)
    return missing(_SUBJECT, said, chosen.known_by, advice=_ANOTHER)


def _login_line(said: Response) -> str:
    """The line that lets h2h log in, as far as an answer tells how."""
    account = 'username = "demo", password = { env = "PASSWORD" }'
    if said.location.startswith("/"):
        page = json.dumps(urlsplit(said.location).path)
        return f"login = {{ url = {page}, {account} }}"
    as_header = 'header = "Authorization: Token {token}"'
    return f'login = {{ token_url = "/api/token/", {account}, {as_header} }}'
