"""The databases and caches of a project's revisions: made once, and copied for each side.

Nothing of the project's own is written: rows are copied out of what it has, and everything that a
revision may change is h2h's.
"""

import os
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from headtohead.errors import StackError
from headtohead.revisions.git import folders_up
from headtohead.services.databases import sqlite
from headtohead.services.databases.database import Database, database_of
from headtohead.services.databases.embedded_postgresql import EmbeddedPostgres
from headtohead.services.databases.sqlite import SQLite
from headtohead.services.django_project import Project
from headtohead.services.memcached import Memcached, empty_memcached
from headtohead.services.project_variables import ADDRESSES
from headtohead.services.running_server import Endpoint
from headtohead.services.valkey import EmbeddedValkey, empty_cache
from headtohead.stack.asked_revisions import Side
from headtohead.stack.existing_rows import seen, shown, source_of
from headtohead.stack.isolation import isolate_revision
from headtohead.stack.settings import StackSettings
from headtohead.stack.shared_schema import UnsharedSchemaError, bring_to_schemas, migrate
from headtohead.stack.state import MadeDatabase, forget_databases, note_databases


@dataclass(kw_only=True)
class RevisionData:
    """What h2h makes for the revisions of one comparison.

    Attributes:
        settings: What the user asked for.
        directory: Folder of its files.
        progress: Told in a few words what is being done.
        servers: The servers that were needed, by name.
        remarks: What is to be told of how the rows were made, a sentence each.
    """

    settings: StackSettings
    directory: Path
    progress: Callable[[str], None]
    servers: dict[str, Endpoint] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    _caches: dict[str, list[str]] = field(default_factory=dict)
    _made: list[MadeDatabase] = field(default_factory=list)

    def prepared(self, sides: Sequence[Side]) -> dict[str, Project]:
        """Each side's project on databases and caches of its own, with the same rows.

        Args:
            sides: The revisions, the older one first.

        Raises:
            StackError: There are no rows to be had, or a revision cannot be brought up on them.
        """
        self._require_same_databases(sides)
        copied = self._fill(self._project(sides[0], kind="template"), sides[0])
        projects = {
            side.name: self._project(side, kind=side.name, like="template") for side in sides
        }
        if any(side.groups() for side in sides):
            try:
                self.remarks += bring_to_schemas(
                    sides,
                    projects,
                    databases={
                        side.name: _settings_of(self._places(side, kind=side.name))
                        for side in sides
                    },
                    progress=self.progress,
                )
            except UnsharedSchemaError as error:
                if copied:
                    raise
                self.remarks.append(f"each revision makes its rows itself: {error.why}")
                for side in sides:
                    projects[side.name] = self._project(side, kind=side.name)
                    self._fill(projects[side.name], side)
        for side in sides:
            for place in self._places(side, kind=side.name).values():
                place.database.settle(place.url)
        return projects

    def empty_caches(self, side: str) -> None:
        """Forget all that a side's caches keep beyond its processes."""
        for url in self._caches.get(side, []):
            empty_cache(url)
        for folder in (self.directory / side).glob("cache-*"):
            shutil.rmtree(folder)
        if "memcached" in self.servers:
            empty_memcached(self.servers["memcached"].url)

    def remove(self) -> None:
        """Drop the databases of a comparison.

        Raises:
            StackError: A server does not answer.
        """
        for each in self._made:
            database_of(each.server).drop(each.server, name=each.name)
        forget_databases(self.directory)

    def _require_same_databases(self, sides: Sequence[Side]) -> None:
        vendors: dict[str, str] = {}
        for side in sides:
            for alias, each in side.description.databases.items():
                if alias not in side.groups():
                    continue
                if each.vendor not in {"postgresql", "sqlite"}:
                    product = each.vendor or each.engine
                    raise StackError(
                        f"DATABASES[{alias!r}] of {side.name} is {product}, which h2h cannot copy",
                        fix="name settings with PostgreSQL or SQLite as `settings` in "
                        "[tool.headtohead]",
                    )
                if vendors.setdefault(alias, each.vendor) != each.vendor:
                    raise StackError(
                        f"DATABASES[{alias!r}] is {vendors[alias]} on one side and {each.vendor} "
                        "on the other, which cannot share rows",
                        fix="name settings of one kind as `settings` in [tool.headtohead]",
                    )

    def _fill(self, template: Project, side: Side) -> bool:
        """Make the rows; whether they are copies of what there was."""
        groups = tuple(dict.fromkeys(side.groups().values()))
        copied = [group for group in groups if self._copy(side, group)]
        # Other databases may well be empty.
        lacking = not self.settings.prepare and groups[:1] != tuple(copied[:1])
        fixtures = side.fixtures() if lacking and not self.settings.data else ()
        if lacking and not fixtures:
            given = side.description.databases.get("default")
            raise StackError(
                f"there are no rows to compare on: {seen(given)}",
                fix='say where they come from in [tool.headtohead]: data = "db.sqlite3", '
                'data = "settings" (the database of the settings is copied) or '
                'prepare = ["manage.py loaddata demo"]',
            )
        # Copies are migrated by each side for itself.
        if not copied or self.settings.prepare:
            self.progress("migrating the copy" if copied else "making rows for both revisions")
            migrate(template, side)
        if any(each.kind == "database" for each in side.description.caches.values()):
            template.prepare("manage.py createcachetable")
        for command in self.settings.prepare:
            # Braces of the command's own stay: it may well be a line of Python.
            rows, seed = str(self.settings.rows), str(self.settings.seed)
            told = command.replace("{rows}", rows).replace("{seed}", seed)
            self.remarks += template.prepare(told)
        if fixtures:
            self._load(template, fixtures)
        return bool(copied)

    def _load(self, template: Project, fixtures: Sequence[Path]) -> None:
        names = ", ".join(each.name for each in fixtures)
        self.progress(f"loading {names}")
        try:
            # At once, since one may refer to another.
            template.prepare(shlex.join(["manage.py", "loaddata", *map(str, fixtures)]))
        except StackError as error:
            # What is measured without rows is nobody's question.
            raise StackError(
                f"there are no rows to compare on: of the fixtures {names} not all can be loaded "
                f"({error.problem.partition(': ')[2]})",
                fix="name those that can in [tool.headtohead]: "
                f'prepare = ["manage.py loaddata {fixtures[0].stem}"]',
            ) from None
        self.remarks.append(
            f"the rows are those of the project's fixtures ({names}); name others as `data` or "
            "`prepare` in [tool.headtohead]"
        )

    def _copy(self, side: Side, group: str) -> bool:
        """Copy what there is into a template's database; False where there is nothing to copy."""
        place = self._places(side, kind="template")[group]
        source = source_of(side, group, settings=self.settings)
        if source is None:
            return False
        told = shown(source)
        self.progress(f"copying {told}")
        place.database.load(place.url, source=source, shown=told)
        return True

    def _project(self, side: Side, *, kind: str, like: str | None = None) -> Project:
        """A side's project on databases of one kind, which are made."""
        places = self._places(side, kind=kind)
        templates = self._places(side, kind=like) if like else {}
        for group, place in places.items():
            template = templates[group].name if like else None
            self._made.append(MadeDatabase(server=place.server, name=place.name))
            note_databases(self._made, self.directory)
            place.database.create(place.server, name=place.name, like=template)
        caches, cache_url = self._caches_of(side, kind=kind)
        file = isolate_revision(
            self.directory,
            name=kind,
            root=folders_up(side.revision.root)[-1],
            databases={
                alias: _settings_of(places)[group] for alias, group in side.groups().items()
            },
            caches=caches,
            reachable=(
                *self.settings.reachable,
                *(each.server.address for each in self.servers.values()),
            ),
        )
        memcached = self.servers.get("memcached")
        return replace(
            side.project,
            isolation=file,
            settings_module=side.description.settings_module,
            # Whatever the user's environment says of servers is replaced: by what h2h made, or by
            # nothing, so that no side comes to the user's own by a variable.
            addresses=side.project.addresses or [name for name in ADDRESSES if name in os.environ],
            database_url=places["default"].url if "default" in places else "",
            cache_url=cache_url,
            memcached_url=memcached.url if memcached else "",
        )

    def _places(self, side: Side, *, kind: str) -> dict[str, "_Place"]:
        """Where each database of one kind is, by the first of its aliases."""
        places = {}
        for group in dict.fromkeys(side.groups().values()):
            server = self._server(side.description.databases[group].vendor)
            suffix = (kind if group == "default" else f"{kind}_{group}").replace(" ", "_")
            name = database_of(server).free_name(server, directory=self.directory, kind=suffix)
            places[group] = _Place(server=server, name=name)
        return places

    def _server(self, vendor: str) -> str:
        """The URL of some database on the server of a product, which is started."""
        if vendor == "sqlite":
            url = sqlite.url_of(self.directory / "sqlite" / "none.sqlite3")
            return self._once("SQLite", lambda: SQLite().external(url)).url
        given = self.settings.database_url
        if given:
            return self._once("PostgreSQL", lambda: database_of(given).external(given)).url
        embedded = EmbeddedPostgres(directory=self.directory)
        start = lambda: embedded.ensure(statistics=False, progress=self.progress)  # noqa: E731
        return self._once("PostgreSQL", start).url

    def _once(self, name: str, start: Callable[[], Endpoint]) -> Endpoint:
        if name not in self.servers:
            self.servers[name] = start()
        return self.servers[name]

    def _caches_of(self, side: Side, *, kind: str) -> tuple[dict[str, Mapping[str, Any]], str]:
        """What replaces entries of CACHES, and the URL of the first one on Valkey."""
        replaced: dict[str, Mapping[str, Any]] = {}
        urls: list[str] = []
        told = bool(side.project.addresses)
        for alias, cache in side.description.caches.items():
            if cache.kind == "redis":
                urls.append(self._valkey_url(kind))
                replaced[alias] = {"LOCATION": urls[-1]}
            elif cache.kind == "memcached":
                server = self._once("memcached", Memcached(directory=self.directory).start)
                # Both sides ask the same server.
                replaced[alias] = {"LOCATION": server.url, "KEY_PREFIX": f"{kind}-{alias}"}
            elif cache.kind == "files":
                replaced[alias] = {"LOCATION": str(self.directory / kind / f"cache-{alias}")}
        return replaced, urls[0] if urls else self._valkey_url(kind) if told else ""

    def _valkey_url(self, kind: str) -> str:
        """A database of the embedded Valkey that nobody else has."""
        embedded = EmbeddedValkey(directory=self.directory)
        start = lambda: embedded.ensure(last_url=None, progress=self.progress)  # noqa: E731
        server = self._once("Valkey", start)
        number = sum(map(len, self._caches.values()))
        url = f"{server.url.rpartition('/')[0]}/{number}"
        self._caches.setdefault(kind, []).append(url)
        return url


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A database of h2h's: the URL of another one on its server, and its own name there."""

    server: str
    name: str

    @property
    def database(self) -> Database:
        return database_of(self.server)

    @property
    def url(self) -> str:
        return self.database.beside(self.server, name=self.name)


def _settings_of(places: Mapping[str, _Place]) -> dict[str, Mapping[str, Any]]:
    return {group: each.database.django_settings(each.url) for group, each in places.items()}
