"""The declaration that everything else is derived from.

A declaration is pure data: importing one never imports Django, because the load generator's
process reads the same declarations as the server. What a variant runs is named by dotted path.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from headtohead.errors import DeclarationError
from headtohead.protocol.headers import BAGGAGE_EXPERIMENT, BAGGAGE_VARIANT, TOKEN_HEADER

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
DOTTED_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
ENTRY_POINT = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
ENVIRONMENT_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
INTERFACES = ("wsgi", "asgi")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# What an experiment may need beside the API, its database and its cache.
SERVICES = ("celery", "memcached")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a client sends: the same for every variant of an experiment.

    Attributes:
        path: Absolute path with its query string, such as ``/api/products/?page=2``.
        method: An HTTP method in capitals.
        headers: Headers beyond those every measured request carries.
        body: The body as text, or None.
    """

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no server could answer."""
        if self.method not in METHODS:
            raise DeclarationError(
                f"unknown HTTP method {self.method!r}",
                fix=f"use one of {', '.join(sorted(METHODS))}",
            )
        if not self.path.startswith("/") or self.path.startswith("//"):
            raise DeclarationError(
                f"request path {self.path!r} is not absolute",
                fix="start it with a single slash; the host is chosen when the experiment runs",
            )
        object.__setattr__(self, "headers", MappingProxyType(dict(self.headers)))


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server of its own, for what no request can choose: settings, or the interface it speaks.

    It is started beside the stack's API when its experiment runs, on the same database and cache,
    and stopped afterwards. Variants whose servers are declared alike share one.

    Attributes:
        environment: Variables that are other than those of the stack's API.
        interface: ``wsgi`` or ``asgi``.
        upstream: An ASGI application, as ``package.module:callable``, that stands in for services
            which the project asks. It is started with the server, which finds its address in
            UPSTREAM_URL; empty for none.
        reports_timing: Whether the server is asked to tell what a request took. One without
            headtohead's middleware cannot; where it is not, nobody can confirm which variant served
            a request.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    interface: str = "wsgi"
    upstream: str = ""
    reports_timing: bool = True

    def __post_init__(self) -> None:
        """Refuse what could not be started."""
        if self.interface not in INTERFACES:
            raise DeclarationError(
                f"unknown server interface {self.interface!r}",
                fix=f"use one of {', '.join(INTERFACES)}",
            )
        if self.upstream and not ENTRY_POINT.fullmatch(self.upstream):
            raise DeclarationError(
                f"upstream {self.upstream!r} is no application",
                fix="write it as package.module:name",
            )
        for name in self.environment:
            if not ENVIRONMENT_VARIABLE.fullmatch(name):
                raise DeclarationError(
                    f"{name!r} cannot be an environment variable",
                    fix="use letters, digits and underscores",
                )
        object.__setattr__(self, "environment", MappingProxyType(dict(self.environment)))


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to serve the request.

    Attributes:
        name: Kebab-case name, unique within its experiment.
        selector: Dotted path of the callable that serves this variant.
        server: What serves it where no request could make the difference. Only the server differs
            then, and the selector may be another variant's.
    """

    name: str
    selector: str
    server: Server | None = None

    def __post_init__(self) -> None:
        """Refuse names that could not be a label or a path that could not be imported."""
        _require_name(self.name, kind="variant")
        _require_dotted_path(self.selector, kind=f"selector of variant {self.name!r}")


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A question with a baseline and the variants that may answer it.

    Attributes:
        name: Kebab-case name, unique in the project.
        question: The question in one sentence, ending with a question mark.
        request: What is sent, to every variant alike.
        seam: Dotted path of the function, decorated with ``headtohead.django.seam``, whose calls
            are handed to the chosen variant. Other requests run the seam's own body, so one
            variant names the seam itself as its selector: it is the one users are served.
        baseline: What the others are compared with.
        variants: The alternatives, at least one.
        request_at_double_rows: Where the request limits how many rows it shows, the same question
            about twice as many: without it, doubling the table's rows would change nothing about
            the answer.
        needs: Services that its variants use, of `SERVICES`; they are started with the stack.
        audit: Dotted path of the function that states what a variant shows beside time, from an
            `AuditedVariant` (headtohead.audit); it must not import Django either.
        timed: Whether its request can be timed: sent by anybody, as often as one likes, with the
            same answer from every variant. Where it cannot, the audit alone answers the question.
        server: What serves variants that have no server of their own; None is the stack's API.
    """

    name: str
    question: str
    request: Request
    seam: str
    baseline: Variant
    variants: tuple[Variant, ...]
    request_at_double_rows: Request | None = None
    needs: tuple[str, ...] = ()
    audit: str | None = None
    timed: bool = True
    server: Server | None = None

    def __post_init__(self) -> None:
        """Refuse a declaration whose answer would mean nothing."""
        _require_name(self.name, kind="experiment")
        _require_dotted_path(self.seam, kind=f"seam of experiment {self.name!r}")
        if not self.question.strip().endswith("?"):
            raise DeclarationError(
                f"experiment {self.name!r} asks no question",
                fix="end `question` with a question mark",
            )
        _require_services(self.needs, experiment=self.name)
        if not self.variants:
            raise DeclarationError(
                f"experiment {self.name!r} has nothing to compare its baseline with",
                fix="give `variants` at least one Variant",
            )
        names = [variant.name for variant in self.all_variants]
        if len(set(names)) < len(names):
            raise DeclarationError(
                f"experiment {self.name!r} has two variants of one name",
                fix=f"make the names {', '.join(names)} differ",
            )
        served = [(each.selector, self.server_of(each)) for each in self.all_variants]
        if any(served.count(each) > 1 for each in served):
            raise DeclarationError(
                f"two variants of experiment {self.name!r} run "
                "the same selector on the same server",
                fix="give each variant what makes it different",
            )
        if self.request_at_double_rows == self.request:
            raise DeclarationError(
                f"experiment {self.name!r} doubles nothing: request_at_double_rows is its request",
                fix="ask for twice as many rows, such as with ?page_size=100 in place of 50",
            )
        if self.audit is not None:
            _require_dotted_path(self.audit, kind=f"audit of experiment {self.name!r}")
        if self.audit is None and not self.timed:
            raise DeclarationError(
                f"experiment {self.name!r} is neither timed nor audited",
                fix="name the function that answers it as `audit`, or let it be timed",
            )
        if not any(selector == self.seam for selector, _ in served):
            raise DeclarationError(
                f"no variant of experiment {self.name!r} is the one users are served",
                fix=f"let one variant's selector be the seam itself, {self.seam}",
            )

    @property
    def all_variants(self) -> tuple[Variant, ...]:
        """The baseline first, then the variants as declared."""
        return (self.baseline, *self.variants)

    def server_of(self, variant: Variant) -> Server | None:
        """The server that one of the variants needs for itself; None is the stack's API."""
        return variant.server or self.server

    @property
    def needs_servers(self) -> bool:
        """Whether any variant needs a server for itself, which only the local stack can start."""
        return any(self.server_of(each) for each in self.all_variants)

    def reports_timing(self, variant: Variant) -> bool:
        """Whether what serves the variant tells what a request took."""
        server = self.server_of(variant)
        return server is None or server.reports_timing

    def is_served(self, variant: Variant) -> bool:
        """Whether the variant is what users get: the seam itself in the usual settings."""
        server = self.server_of(variant)
        usual = server is None or not server.environment
        return usual and variant.selector == self.seam

    def variant(self, name: str) -> Variant | None:
        """The variant of that name, or None."""
        return next((variant for variant in self.all_variants if variant.name == name), None)

    def identity(self, variant: Variant) -> str:
        """The variant's name in reports, labels and statistics, such as ``product-list/naive``."""
        return f"{self.name}/{variant.name}"

    def request_for(self, variant: Variant, *, token: str | None = None) -> Request:
        """The full request that is served by one variant.

        Where there is nothing to choose and nothing to be told, it is what any client sends: being
        asked to choose takes a server time, which is not what watching it costs.

        Args:
            variant: One of this experiment's variants.
            token: The server's measurement token; with it the response explains itself in
                ``Server-Timing``, unless the variant's server reports no timing.
        """
        measured = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **self.request.headers,
        }
        if self.reports_timing(variant) or variant.selector != self.seam:
            names = f"{BAGGAGE_EXPERIMENT}={self.name},{BAGGAGE_VARIANT}={variant.name}"
            measured["Baggage"] = names
        if self.needs_servers:
            # Servers differ in their ports, and links in their bodies must not.
            measured["Host"] = "127.0.0.1"
        if token and self.reports_timing(variant):
            measured[TOKEN_HEADER] = token
        return replace(self.request, headers=measured)


def _require_name(name: str, *, kind: str) -> None:
    if not NAME.fullmatch(name):
        raise DeclarationError(
            f"{kind} name {name!r} is not kebab-case",
            fix="use lower-case letters, digits and single hyphens, such as product-list",
        )


def _require_services(needs: tuple[str, ...], *, experiment: str) -> None:
    unknown = [service for service in needs if service not in SERVICES]
    if unknown:
        raise DeclarationError(
            f"experiment {experiment!r} needs {unknown[0]!r}, which no stack has",
            fix=f"use {' or '.join(SERVICES)}",
        )


def _require_dotted_path(path: str, *, kind: str) -> None:
    if not DOTTED_PATH.fullmatch(path):
        raise DeclarationError(
            f"{kind} {path!r} is not a dotted path", fix="write it as package.module.name"
        )
