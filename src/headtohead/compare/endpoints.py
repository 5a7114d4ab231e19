"""What is asked of both revisions: requests with names for the record."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path

from headtohead.errors import ConfigurationError
from headtohead.experiment import METHODS, Experiment
from headtohead.load.messages.arm import Arm
from headtohead.protocol.headers import TOKEN_HEADER

BASE, HEAD = "base", "head"
# RFC 9110, section 5.1.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Latin-1 without line breaks and the like, which is what can go over the wire.
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# Those that leave everything as it is (RFC 9110, section 9.2.1).
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_CONTENT_TYPE = "Content-Type"
# Another server of base, where there is no difference to find.
CONTROL = "base again"


@dataclass(frozen=True, kw_only=True)
class ComparedEndpoint:
    """A request that both revisions get alike.

    Attributes:
        name: Kebab-case name, unique in a comparison.
        path: Absolute path with its query string.
        method: An HTTP method in capitals.
        headers: Headers beyond those every request carries.
        body: The body as text, or None.
    """

    name: str
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = field(default=None, repr=False)

    @property
    def request(self) -> str:
        """Method and path, as people are told of it."""
        return f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        """Whether it may change what the server keeps."""
        return self.method not in _SAFE

    def arm(self, side: str, *, url: str, headers: Mapping[str, str]) -> Arm:
        """The full request to one side; users get the same, whatever variant they are served.

        Args:
            side: The side's name.
            url: Scheme, host and port of its server.
            headers: Those that every request to it carries.
        """
        sent = {**headers, **self.headers}
        if self.body is not None and _CONTENT_TYPE.lower() not in map(str.lower, sent):
            sent[_CONTENT_TYPE] = "application/json"
        return Arm(
            identity=f"{self.name}/{side}",
            base_url=url,
            method=self.method,
            path=self.path,
            headers=sent,
            body=self.body,
            # No variant is asked for, so none is to be confirmed.
            reports_timing=False,
        )


def common_headers(given: Iterable[str], *, token: str) -> dict[str, str]:
    """The headers that every request carries, to whichever side.

    Args:
        given: The user's own, as ``Name: value``; of one name the last counts, but all cookies do.
        token: What authorises requests to be measured.

    Raises:
        ConfigurationError: One is no header; its value is not repeated.
    """
    headers = {
        "accept": ("Accept", "application/json"),
        "accept-encoding": ("Accept-Encoding", "identity"),
        # Sides differ in their ports, and links in their bodies must not.
        "host": ("Host", "127.0.0.1"),
    }
    for each in given:
        name, separator, value = each.partition(":")
        if not is_header(each):
            # Without a colon it may well be a token.
            named = name.split()[0] if separator and name.split() else "nothing"
            raise ConfigurationError(
                f"a header named {named} cannot be sent",
                fix='write it as "Name: value", as in --header "Authorization: Token abc"',
            )
        before = headers.get("cookie") if name.lower() == "cookie" else None
        value = f"{before[1]}; {value.strip()}" if before else value.strip()
        headers[name.lower()] = (name, value)
    return {**dict(headers.values()), TOKEN_HEADER: token}


def is_header(text: str) -> bool:
    """Whether a text is a header, as ``Name: value``, that can go over the wire."""
    name, colon, value = text.partition(":")
    return bool(colon and _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value))


def endpoints_of(
    experiments: Iterable[Experiment], *, note: Callable[[str], None]
) -> tuple[ComparedEndpoint, ...]:
    """The distinct GET requests of experiments, each under the first one's name.

    Those that need more than a database and a cache are left out, and it is said.
    """
    found = []
    for experiment in experiments:
        request = experiment.request
        if not experiment.timed or request.method != "GET":
            continue
        servers = (experiment.server_of(variant) for variant in experiment.all_variants)
        if experiment.needs or any(server and server.upstream for server in servers):
            note(f"Skipped: {experiment.name} needs services that only `h2h run` starts")
            continue
        found.append(
            ComparedEndpoint(name=experiment.name, path=request.path, headers=request.headers)
        )
    return distinct(found)


def endpoints_at(
    paths: Sequence[str], *, method: str = "GET", body: str | None = None
) -> tuple[ComparedEndpoint, ...]:
    """Endpoints by their paths, named after them; each gets the same method and body.

    Raises:
        ConfigurationError: A path is not absolute or cannot be sent, or the method is none.
    """
    if method not in METHODS:
        raise ConfigurationError(
            f"unknown HTTP method {method!r}", fix=f"use one of {', '.join(sorted(METHODS))}"
        )
    if body is not None and method not in _WITH_BODY:
        raise ConfigurationError(
            f"a {method} request has no body", fix="add --method POST, or leave --body out"
        )
    for path in paths:
        if not path.startswith("/") or path.startswith("//"):
            raise ConfigurationError(
                f"path {path!r} is not absolute", fix="start it with a single slash"
            )
        if not path.isprintable() or " " in path:
            raise ConfigurationError(
                f"path {path!r} cannot be sent", fix="percent-encode it: %20 is a space"
            )
    return distinct(
        ComparedEndpoint(name=name_of(path, method=method), path=path, method=method, body=body)
        for path in paths
    )


def read_body(given: str, *, headers: Iterable[str]) -> str:
    """The body to send, which may stand in a file.

    Args:
        given: It, or ``@`` and the file's name.
        headers: The user's own, as ``Name: value``.

    Raises:
        ConfigurationError: The file cannot be read, the body is no text, or nobody says of what
            kind it is; it is not repeated.
    """
    body = given
    if given.startswith("@"):
        try:
            body = Path(given[1:]).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            raise ConfigurationError(
                f"body {given} cannot be read ({reason})",
                fix="name a text file: --body @order.json",
            ) from None
    if any(0xD800 <= ord(each) <= 0xDFFF for each in body):
        raise ConfigurationError("--body is no UTF-8 text", fix="give one, or a file: --body @FILE")
    names = {each.partition(":")[0].strip().lower() for each in headers}
    if _CONTENT_TYPE.lower() not in names and not _is_json(body):
        raise ConfigurationError(
            "--body is no JSON, and nothing says what it is",
            fix=f'add --header "{_CONTENT_TYPE}: ...", such as application/x-www-form-urlencoded',
        )
    return body


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def distinct(endpoints: Iterable[ComparedEndpoint]) -> tuple[ComparedEndpoint, ...]:
    """Each request once, under the first of its names; a name that is taken gets a number."""
    found: dict[tuple[object, ...], ComparedEndpoint] = {}
    for endpoint in endpoints:
        sent = frozenset(endpoint.headers.items())
        request = (endpoint.method, endpoint.path, sent, endpoint.body)
        if request in found:
            continue
        taken = {each.name for each in found.values()}
        names = (f"{endpoint.name}-{number}" for number in count(2))
        name = next(each for each in chain([endpoint.name], names) if each not in taken)
        found[request] = replace(endpoint, name=name)
    return tuple(found.values())


def name_of(path: str, *, method: str = "GET") -> str:
    """A kebab-case name: ``/api/products/?page=2`` is ``api-products-page-2``.

    Whatever is no GET has its method in front, as in ``post-api-products``.
    """
    words = re.findall(r"[a-z0-9]+", path.lower()) or ["root"]
    if method != "GET":
        words.insert(0, method.lower())
    return "-".join(words if words[0][0].isalpha() else ["path", *words])
