"""Revisions that say what they would use, before anything of them runs that could write."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from headtohead.errors import StackError
from headtohead.protocol.isolation import VARIABLE
from headtohead.protocol.project_description import ProjectDescription
from headtohead.revisions import Revision
from headtohead.revisions.git import folders_up
from headtohead.services.django_project import Project
from headtohead.services.project_layout import layout_of
from headtohead.services.project_variables import ADDRESSES
from headtohead.stack.isolation import isolate_benchmarks, isolate_question
from headtohead.stack.settings import StackSettings

# Servers that are not there, for settings that cannot be read without any.
NO_DATABASE = "postgresql://h2h@127.0.0.1:1/h2h"
NO_CACHE = "redis://127.0.0.1:1/0"
# Memory that nobody reads: tasks of these requests are nobody's.
NO_BROKER = "memory://"

_OF_TESTS = re.compile(r"(?:^|[/_.-])tests?(?:[/_.-]|$)")
_NOBODYS = "django.db.backends.dummy"


# What is said of a service that is no Django project.
NOT_DJANGO = ProjectDescription(
    python="",
    django="",
    settings_module="",
    databases={},
    caches={},
    wsgi="",
    asgi="",
    debug=False,
    media_root="",
    middleware=(),
    apps=(),
    ssl_redirect=False,
    throttled=False,
    allowed_hosts=(),
    commands=(),
)


@dataclass(frozen=True, kw_only=True)
class Side:
    """A revision that was asked what it would use.

    Attributes:
        name: The side's name.
        revision: The revision.
        project: It, as it was asked.
        description: What it said.
    """

    name: str
    revision: Revision
    project: Project
    description: ProjectDescription

    def groups(self) -> dict[str, str]:
        """The first alias of the same database, by alias; those without a database are left out."""
        databases = self.description.databases
        first: dict[tuple[str, ...], str] = {}
        groups: dict[str, str] = {}
        for alias, each in databases.items():
            if each.engine in {"", _NOBODYS}:
                continue
            own = databases.get(each.mirrors, each)
            groups[alias] = first.setdefault(own.place, alias)
        return groups

    def fixtures(self) -> tuple[Path, ...]:
        """The fixtures in its repository that are not for tests."""
        root = folders_up(self.revision.root.resolve())[-1]
        found = (Path(each).resolve() for each in self.description.fixtures)
        own = [each for each in found if each.is_relative_to(root)]
        return tuple(each for each in own if not _OF_TESTS.search(str(each.relative_to(root))))


def project_of(
    revision: Revision,
    *,
    settings: StackSettings,
    directory: Path,
    token: str,
    secrets: Mapping[str, str],
) -> Project:
    """A revision's project before it is asked anything, with servers that are not up.

    Args:
        revision: The revision.
        settings: What the user asked for.
        directory: Where files about it are kept.
        token: What authorises requests to explain themselves.
        secrets: Of its variables, by name.
    """
    layout = layout_of(revision.root, settings_module=settings.settings_module)
    return Project(
        runs_in=revision.environment,
        directory=directory,
        settings_module=settings.settings_module,
        manage=layout.manage,
        broker_url=NO_BROKER,
        memcached_url="",
        told=settings.variables,
        secrets=secrets,
        token=token,
        embedded=True,
        database_url=NO_DATABASE,
        cache_url=NO_CACHE,
    )


def kept_away(
    name: str, revision: Revision, *, settings: StackSettings, directory: Path
) -> dict[str, str]:
    """Variables that keep processes of a revision's own from what its settings lead to.

    Args:
        name: The side's name.
        revision: The revision.
        settings: What the user asked for.
        directory: Where files about it are kept as long as these processes live.
    """
    if not (settings.settings_module or settings.manage):
        return {}
    # Tests have the user's environment alone.
    alone = replace(settings, variables=())
    project = project_of(revision, settings=alone, directory=directory, token="", secrets={})
    try:
        side = ask(name, revision, project=project, directory=directory)
    except StackError:
        return {}  # settings that cannot be read lead nowhere
    if side.project.addresses:
        return {}  # they lead to whatever the tests say is DATABASE_URL
    file = isolate_benchmarks(
        directory, name=name, root=folders_up(revision.root)[-1], description=side.description
    )
    return {VARIABLE: str(file)} if file else {}


def ask(name: str, revision: Revision, *, project: Project, directory: Path) -> Side:
    """Ask a revision what it would use, before anything of it runs that could write.

    Args:
        name: The side's name.
        revision: The revision.
        project: It, with servers that are not up.
        directory: Where files about it are kept.

    Raises:
        StackError: Its settings cannot be read.
    """
    isolation = isolate_question(directory, name=name, root=folders_up(revision.root)[-1])
    if project.manage is None and not project.settings_module:
        alone = replace(project, addresses=())
        return Side(name=name, revision=revision, project=alone, description=NOT_DJANGO)
    # As its users start it, with its own variables.
    as_is = replace(project, isolation=isolation, addresses=())
    try:
        side = Side(name=name, revision=revision, project=as_is, description=as_is.describe())
    except StackError as error:
        # Some read DATABASE_URL and cannot do without.
        told = replace(as_is, addresses=ADDRESSES)
        try:
            side = Side(name=name, revision=revision, project=told, description=told.describe())
        except StackError:
            raise error from None
    _make_folders(side)
    return side


def _make_folders(side: Side) -> None:
    """Make the folders of its SQLite files in the checkout.

    Git keeps no empty folders, and some projects keep more in them than what h2h replaces.
    """
    checkout = folders_up(side.revision.root)[-1]
    for database in side.description.databases.values():
        folder = Path(database.name).parent
        if database.vendor == "sqlite" and folder.is_relative_to(checkout):
            folder.mkdir(parents=True, exist_ok=True)
