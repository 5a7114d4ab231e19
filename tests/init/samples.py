"""A project as a survey sees it, without any."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from headtohead.config import Config
from headtohead.errors import ConfigurationError
from headtohead.init import project_facts as known
from headtohead.init.facts import Fact, Standing, advised, failed, missing, setting
from headtohead.init.survey import SCHEMA_VERSION, Survey
from headtohead.protocol.project_description import DatabaseSettings
from headtohead.revisions.checkout import Revision
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services.project_layout import ProjectLayout
from headtohead.stack.asked_revisions import NOT_DJANGO, Side
from tests.services.test_django_project import project

ROOT = Path("/shop")
CONFIG = Config(root=ROOT)
LAYOUT = ProjectLayout(
    folder=ROOT / "src",
    manage=ROOT / "src" / "manage.py",
    settings_module="shop.settings",
    named_in="manage.py",
)
POSTGRESQL = DatabaseSettings(
    engine="django.db.backends.postgresql",
    vendor="postgresql",
    name="shop",
    host="db.internal",
    port="5432",
    user="clerk",
    password="hidden",
    mirrors="",
)
SQLITE = replace(POSTGRESQL, vendor="sqlite", name="/shop/db.sqlite3", host="", port="")
DESCRIPTION = replace(
    NOT_DJANGO,
    python="3.13.0",
    django="5.2.1",
    settings_module="shop.settings",
    databases={"default": POSTGRESQL},
    wsgi="shop.wsgi:application",
)


def revision(**environment: Any) -> Revision:
    return Revision(
        name="main",
        commit="a" * 40,
        changed=False,
        environment=PythonEnvironment(root=ROOT, **environment),
    )


def side(**description: Any) -> Side:
    """Head, whose settings say this beside what those of `DESCRIPTION` do."""
    return Side(
        name="head",
        revision=revision(),
        project=project(manage=LAYOUT.manage),
        description=replace(DESCRIPTION, **description),
    )


def survey(*facts: Fact, path: str = "/api/things/?page=2") -> Survey:
    return Survey(schema=SCHEMA_VERSION, facts=facts, path=path, named=bool(path))


FOUND = Fact(
    subject="settings",
    found="shop.settings",
    known_by="manage.py",
    lines=(setting("settings", "shop.settings"),),
)
ADDED = known.ignored_fact([".env", "static/dist"], needed=True)
ADVISED = known.ignored_fact([".env"], needed=False)
OFFERED = advised(
    "OpenAPI",
    "/openapi.json",
    "a usual place",
    setting("openapi", "/openapi.json"),
    standing=Standing.OFFERED,
)
MISSING = missing(
    "database",
    "PostgreSQL shop at db.internal, which is left alone: no rows",
    "DATABASES",
    setting("data", "settings"),
    setting("prepare", ["manage.py loaddata demo"]),
)
FAILED = failed(
    "server",
    ConfigurationError("the server does not start: [Errno 2]\x1b\nno such file", fix="see its log"),
    "tried",
)
NO_BASE = advised("base", "HEAD has no commit before it", "git", advice="commit a change")
