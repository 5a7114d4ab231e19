"""What is asked of both revisions: GET requests with names for the record."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count

from headtohead.errors import ConfigurationError
from headtohead.experiment import Experiment
from headtohead.load.messages.arm import Arm
from headtohead.protocol.headers import TOKEN_HEADER

BASE, HEAD = "base", "head"
# RFC 9110, section 5.1.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE_BREAK = re.compile(r"[\r\n\0]")
# Another server of base, where there is no difference to find.
CONTROL = "base again"


@dataclass(frozen=True, kw_only=True)
class ComparedEndpoint:
    """A GET request that both revisions get alike.

    Attributes:
        name: Kebab-case name, unique in a comparison.
        path: Absolute path with its query string.
        headers: Headers beyond those every request carries.
    """

    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def arm(self, side: str, *, url: str, headers: Mapping[str, str]) -> Arm:
        """The full request to one side; users get the same, whatever variant they are served.

        Args:
            side: The side's name.
            url: Scheme, host and port of its server.
            headers: Those that every request carries.
        """
        return Arm(
            identity=f"{self.name}/{side}",
            base_url=url,
            method="GET",
            path=self.path,
            headers={**headers, **self.headers},
            body=None,
            # No variant is asked for, so none is to be confirmed.
            reports_timing=False,
        )


def common_headers(given: Iterable[str], *, token: str) -> dict[str, str]:
    """The headers that every request carries, to whichever side.

    Args:
        given: The user's own, as ``Name: value``; of one name the last counts.
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
        if not separator or not _HEADER_NAME.fullmatch(name) or _LINE_BREAK.search(value):
            raise ConfigurationError(
                f"a header named {name.split()[0] if name.split() else name!r} cannot be sent",
                fix='write it as "Name: value", as in --header "Authorization: Token abc"',
            )
        headers[name.lower()] = (name, value.strip())
    return {**dict(headers.values()), TOKEN_HEADER: token}


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


def endpoints_at(paths: Sequence[str]) -> tuple[ComparedEndpoint, ...]:
    """Endpoints by their paths, named after them.

    Raises:
        ConfigurationError: A path is not absolute.
    """
    for path in paths:
        if not path.startswith("/") or path.startswith("//"):
            raise ConfigurationError(
                f"path {path!r} is not absolute", fix="start it with a single slash"
            )
    return distinct(ComparedEndpoint(name=name_of(path), path=path) for path in paths)


def distinct(endpoints: Iterable[ComparedEndpoint]) -> tuple[ComparedEndpoint, ...]:
    """Each request once, under the first of its names; a name that is taken gets a number."""
    found: dict[tuple[str, frozenset[tuple[str, str]]], ComparedEndpoint] = {}
    for endpoint in endpoints:
        request = (endpoint.path, frozenset(endpoint.headers.items()))
        if request in found:
            continue
        taken = {each.name for each in found.values()}
        names = (f"{endpoint.name}-{number}" for number in count(2))
        name = next(each for each in chain([endpoint.name], names) if each not in taken)
        found[request] = replace(endpoint, name=name)
    return tuple(found.values())


def name_of(path: str) -> str:
    """A kebab-case name for a path: ``/api/products/?page=2`` is ``api-products-page-2``."""
    words = re.findall(r"[a-z0-9]+", path.lower())
    if not words:
        return "root"
    return "-".join(words if words[0][0].isalpha() else ["path", *words])
