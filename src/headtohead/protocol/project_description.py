"""What a project says of itself when it is asked, before anything of it runs that could write."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

# Begins the answer, whatever the project prints before it.
MARK = "\x1eh2h description "
# In the name of its middleware, whoever adapts it.
DEBUG_TOOLBAR = "debug_toolbar"
# Packages of servers, by what they speak.
ASGI_SERVERS = ("uvicorn", "daphne", "hypercorn", "granian")
WSGI_SERVERS = ("gunicorn", "uwsgi", "waitress", "mod-wsgi")


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """An entry of DATABASES.

    Attributes:
        engine: Its ENGINE.
        vendor: What Django calls the product, such as ``postgresql``; empty where it cannot tell.
        name: Its NAME; an absolute path for SQLite.
        host: Its HOST.
        port: Its PORT.
        user: Its USER.
        password: Its PASSWORD.
        mirrors: The alias that it is a replica of in tests; empty for none.
    """

    engine: str
    vendor: str
    name: str
    host: str
    port: str
    user: str
    password: str = field(repr=False)
    mirrors: str

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What two aliases of one database have in common."""
        return (self.engine, self.host, self.port, self.name)

    @property
    def postgresql_url(self) -> str:
        """The database's URL, where it is PostgreSQL's."""
        account = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@"
        reached = {"host": self.host, "port": self.port}
        query = urlencode({name: value for name, value in reached.items() if value})
        return f"postgresql://{account if self.user else ''}/{quote(self.name, safe='')}?{query}"


@dataclass(frozen=True, kw_only=True)
class CacheSettings:
    """An entry of CACHES.

    Attributes:
        backend: Its BACKEND.
        kind: The kind of store: ``redis``, ``memcached``, ``files``, ``database``, ``memory``,
            ``none`` or ``unknown``.
        location: Its LOCATION, as text.
    """

    backend: str
    kind: str
    location: str


@dataclass(frozen=True, kw_only=True)
class ProjectDescription:
    """What a project's settings lead to.

    Attributes:
        python: Version of its interpreter.
        django: Version of its Django.
        settings_module: Dotted name of its settings.
        databases: By alias.
        caches: By alias.
        wsgi: WSGI_APPLICATION as ``module:name``; empty for none.
        asgi: ASGI_APPLICATION, likewise.
        debug: Whether DEBUG is on.
        media_root: MEDIA_ROOT as an absolute path; empty for none.
        middleware: Dotted names of its middleware.
        apps: Names of its installed apps.
        ssl_redirect: Whether plain HTTP is redirected.
        throttled: Whether Django REST framework limits how often one may ask.
        allowed_hosts: ALLOWED_HOSTS.
        commands: Its own management commands.
        fixtures: Paths of its apps' fixtures, and of those in FIXTURE_DIRS.
        broker: Scheme of its Celery broker's URL, such as ``redis``; empty where its settings name
            none.
        servers: Those of `ASGI_SERVERS` and `WSGI_SERVERS` that are installed.
        asgi_worker: Whether gunicorn, its own or else h2h's, speaks ASGI by itself.
    """

    python: str
    django: str
    settings_module: str
    databases: Mapping[str, DatabaseSettings]
    caches: Mapping[str, CacheSettings]
    wsgi: str
    asgi: str
    debug: bool
    media_root: str
    middleware: tuple[str, ...]
    apps: tuple[str, ...]
    ssl_redirect: bool
    throttled: bool
    allowed_hosts: tuple[str, ...]
    commands: tuple[str, ...]
    broker: str = ""
    servers: tuple[str, ...] = ()
    asgi_worker: bool = False
    fixtures: tuple[str, ...] = ()

    @property
    def runs_on(self) -> str:
        """Its Django and its Python, in words; empty for a service that is no Django project."""
        return f"Django {self.django}, Python {self.python}" if self.django else ""

    @property
    def shows_debug_toolbar(self) -> bool:
        """Whether its middleware is there."""
        return any(DEBUG_TOOLBAR in each for each in self.middleware)

    def switched_off(self) -> tuple[str, ...]:
        """What of it is other while it is measured, a sentence each."""
        sentences = {
            "DEBUG is on in the settings, and off while they are measured: it keeps every "
            "statement": self.debug,
            "Django REST framework's throttles are off while requests are measured": self.throttled,
            "SECURE_SSL_REDIRECT is off while requests are measured": self.ssl_redirect,
            "the debug toolbar's middleware is left out while requests are measured": (
                self.shows_debug_toolbar
            ),
        }
        return tuple(sentence for sentence, holds in sentences.items() if holds)

    def to_line(self) -> str:
        """The answer."""
        return _line(self)

    @classmethod
    def from_output(cls, output: str) -> "ProjectDescription | None":
        """Read what the process printed; None without an answer in it."""
        given = _answer(output)
        if given is None:
            return None
        for name, kind in (("databases", DatabaseSettings), ("caches", CacheSettings)):
            given[name] = {alias: kind(**each) for alias, each in given[name].items()}
        for name in ("middleware", "apps", "allowed_hosts", "commands", "fixtures", "servers"):
            given[name] = tuple(given[name])
        return cls(**given)


@dataclass(frozen=True, kw_only=True)
class ProjectRoutes:
    """Where a project's URLconf leads GET requests.

    Attributes:
        paths: Paths without parameters, in the URLconf's order.
        with_parameters: How many routes more have parameters.
        set_aside: How many are for running the project: its admin, static files and the like.
    """

    paths: tuple[str, ...]
    with_parameters: int
    set_aside: int

    def to_line(self) -> str:
        """The answer."""
        return _line(self)

    @classmethod
    def from_output(cls, output: str) -> "ProjectRoutes | None":
        """Read what the process printed; None without an answer in it."""
        given = _answer(output)
        return cls(**{**given, "paths": tuple(given["paths"])}) if given else None


def _line(answer: ProjectDescription | ProjectRoutes) -> str:
    return MARK + json.dumps(asdict(answer))


def _answer(output: str) -> dict[str, Any] | None:
    """What the process answered; None where it did not."""
    _, found, line = output.rpartition(MARK)
    given: dict[str, Any] = json.loads(line) if found else {}
    return given or None
