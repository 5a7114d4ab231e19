"""Two revisions of a project beside a stack, each on a database and a cache of its own."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from headtohead.errors import StackError
from headtohead.host.interrupts import interrupted_afterwards, uninterrupted
from headtohead.revisions import Revision
from headtohead.services.databases.database import database_of
from headtohead.services.django_project import Project, secrets_of
from headtohead.services.gunicorn import (
    ALIKE,
    OWNER_VARIABLE,
    GunicornSettings,
    StartedGunicorn,
    mark,
    stop,
)
from headtohead.services.running_server import RunningServer
from headtohead.services.valkey import EmbeddedValkey, empty_cache
from headtohead.stack import lifecycle
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack, locked, usable

# The database that both sides' are copies of, beside one for each side.
_TEMPLATE = "template"


@dataclass(frozen=True, kw_only=True)
class IsolatedRevisions:
    """Revisions that can be served, each on rows and a cache of its own.

    Attributes:
        settings: The stack they are beside.
        directory: Folder of their logs and metrics.
        projects: Each revision's project by the side's name.
        token: What authorises requests to explain themselves, to every side alike.
        rows: Rows of the main table.
        servers: Database and cache, which both sides share as processes.
    """

    settings: StackSettings
    directory: Path
    projects: Mapping[str, Project]
    token: str
    rows: int
    servers: tuple[RunningServer, ...]

    @contextmanager
    def served(self, order: Sequence[str]) -> Iterator[dict[str, RunningServer]]:
        """Fresh server processes of every side, healthy within the block and gone after it.

        Caches begin empty.

        Args:
            order: The sides, in the order in which they are started.

        Raises:
            StackError: A server does not become healthy.
        """
        started: dict[str, StartedGunicorn] = {}
        try:
            for side in order:
                empty_cache(self.projects[side].cache_url)
                serving = GunicornSettings(
                    name=f"API {side}",
                    application=self.settings.wsgi,
                    config=self.settings.gunicorn_config,
                    workers=self.settings.workers,
                    log=self.directory / "logs" / f"{side}.log",
                    metrics=self.directory / f"prometheus-{side}",
                )
                environment = {**ALIKE, OWNER_VARIABLE: mark(psutil.Process())}
                with interrupted_afterwards():
                    started[side] = serving.start(self.projects[side], environment=environment)
            yield {side: each.await_healthy() for side, each in started.items()}
        finally:
            with uninterrupted():
                stop(each.process for each in started.values())


@contextmanager
def apart(
    settings: StackSettings,
    revisions: Mapping[str, Revision],
    *,
    rows: int,
    seed: int,
    progress: Callable[[str], None],
) -> Iterator[IsolatedRevisions]:
    """Databases and caches for revisions of a project, with the same rows.

    One database is seeded by the revision whose migrations are fewest, and copied for each; then
    each applies its own migrations. Nothing of it is left, come what may: what a process that was
    killed left is removed by the next block like this. Meanwhile no other command changes the
    stack.

    Args:
        settings: The stack, which is up.
        revisions: What to serve, by the side's name.
        rows: Rows of the main table.
        seed: The same seed makes the same rows.
        progress: Told in a few words what is being done.

    Raises:
        StackError: The stack is not up, its user may create no database, or a revision cannot
            migrate or seed.
    """
    with usable(settings.directory) as directory, locked(directory, progress=progress):
        running = lifecycle.status(settings)
        if running is None:
            raise StackError("the stack is not up", fix="bring it up with `h2h up`")
        folder = lifecycle.scratch_directory(directory)
        database = database_of(running.database_url)
        names = {
            side: database.free_name(running.database_url, directory=directory, kind=side)
            for side in (_TEMPLATE, *revisions)
        }
        lifecycle.down(replace(settings, directory=folder))  # an earlier one may have been killed
        try:
            with locked(folder, progress=progress):
                yield _set_up(
                    settings,
                    running,
                    revisions,
                    folder=folder,
                    names=names,
                    rows=rows,
                    seed=seed,
                    progress=progress,
                )
        finally:
            with uninterrupted():
                lifecycle.down(replace(settings, directory=folder))
                # Where the server is gone, the next one drops them.
                for name in names.values():
                    with suppress(StackError):
                        database.drop(running.database_url, name=name)


def fewest_migrations(roots: Mapping[str, Path]) -> str:
    """The side whose schema is the older one, so that the other can migrate its rows forward."""
    return min(roots, key=lambda side: len(_migrations(roots[side])))


def _migrations(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder, below, files in os.walk(root):
        # Neither environments nor the copies of revisions that h2h keeps.
        below[:] = [name for name in below if not name.startswith((".", "node_modules"))]
        if Path(folder).name == "migrations":
            found += [Path(folder) / name for name in files if name.endswith(".py")]
    return found


def _set_up(
    settings: StackSettings,
    running: RunningStack,
    revisions: Mapping[str, Revision],
    *,
    folder: Path,
    names: Mapping[str, str],
    rows: int,
    seed: int,
    progress: Callable[[str], None],
) -> IsolatedRevisions:
    # The embedded one even beside a cache of the user's: emptying it is then nobody's loss.
    cache = EmbeddedValkey(directory=folder).ensure(last_url=None, progress=progress)
    caches = cache.url.rpartition("/")[0]
    token = secrets.token_urlsafe(24)
    secrets_told = secrets_of(settings.variables)
    database = database_of(running.database_url)
    projects = {
        side: Project(
            runs_in=revision.environment,
            directory=folder,
            settings_module=settings.settings_module,
            database_url=database.beside(running.database_url, name=names[side]),
            cache_url=f"{caches}/{number}",
            broker_url="",
            memcached_url="",
            told=settings.variables,
            secrets=secrets_told,
            token=token,
            embedded=True,
        )
        for number, (side, revision) in enumerate(revisions.items())
    }
    oldest = fewest_migrations({side: each.root for side, each in revisions.items()})
    progress(f"seeding {rows:,} rows for both revisions")
    url = database.create(running.database_url, name=names[_TEMPLATE])
    template = replace(projects[oldest], database_url=url)
    template.migrate()
    template.seed(rows=rows, seed=seed)
    for side, project in projects.items():
        database.create(running.database_url, name=names[side], like=names[_TEMPLATE])
        if side != oldest:
            progress("migrating the newer revision's database")
            project.migrate()
        database.settle(project.database_url)
    return IsolatedRevisions(
        settings=settings,
        directory=folder,
        projects=projects,
        token=token,
        rows=projects[oldest].count_rows(),
        servers=(running.database, cache.server),
    )
