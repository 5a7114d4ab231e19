"""Two revisions of a project side by side, each on databases and caches of its own."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from headtohead.errors import StackError
from headtohead.host.interrupts import interrupted_afterwards, uninterrupted
from headtohead.host.processes import mark, read_log
from headtohead.protocol.isolation import REMARK
from headtohead.protocol.project_description import ProjectDescription
from headtohead.revisions import Revision
from headtohead.services.django_project import Project
from headtohead.services.gunicorn import (
    ALIKE,
    OWNER_VARIABLE,
    GunicornSettings,
    StartedGunicorn,
    stop,
)
from headtohead.services.project_variables import secrets_of
from headtohead.services.running_server import RunningServer
from headtohead.stack import lifecycle
from headtohead.stack.application import Application, application_of, served_differently
from headtohead.stack.asked_revisions import Side, ask, project_of
from headtohead.stack.isolation import remove_isolations
from headtohead.stack.revision_data import RevisionData
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import hold, locked, scratch_directory, usable
from headtohead.stack.stopping import recover


@dataclass(frozen=True, kw_only=True)
class IsolatedRevisions:
    """Revisions that can be served, each on rows and caches of its own.

    Attributes:
        settings: What the user asked for.
        data: Their databases and caches.
        projects: Each revision's project by the side's name.
        applications: What is served of each.
        descriptions: What each said of itself.
        token: What authorises requests to explain themselves, to every side alike.
        rows: Rows of the main table; 0 where nobody says.
        servers: Databases and caches, which both sides share as processes.
    """

    settings: StackSettings
    data: RevisionData
    projects: Mapping[str, Project]
    applications: Mapping[str, Application]
    descriptions: Mapping[str, ProjectDescription]
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
                self.data.empty_caches(side)
                application = self.applications[side]
                serving = GunicornSettings(
                    name=f"API {side}",
                    application=application.name,
                    worker_class=application.worker_class,
                    config=self.settings.gunicorn_config,
                    workers=self.settings.workers,
                    health=self.settings.health,
                    command=application.command,
                    version=self.descriptions[side].runs_on,
                    log=self.data.directory / "logs" / f"{side}.log",
                    metrics=self.data.directory / f"prometheus-{side}",
                )
                environment = {**ALIKE, OWNER_VARIABLE: mark(os.getpid())}
                with interrupted_afterwards():
                    started[side] = serving.start(self.projects[side], environment=environment)
            yield {side: each.await_healthy() for side, each in started.items()}
        finally:
            with uninterrupted():
                stop(each.process for each in started.values())

    def remarks(self) -> tuple[str, ...]:
        """What differs from how the project is run: switched off, refused, or not told."""
        switched_off = (each for one in self.descriptions.values() for each in one.switched_off())
        logs = (self.data.directory / "logs" / f"{side}.log" for side in self.projects)
        lines = (line for log in logs if log.exists() for line in read_log(log).splitlines())
        said = (line.removeprefix(REMARK) for line in lines if line.startswith(REMARK))
        apart = served_differently(self.applications)
        told = (*([apart] if apart else ()), *switched_off, *self.data.remarks, *said)
        return tuple(dict.fromkeys(told))


@contextmanager
def apart(
    settings: StackSettings,
    revisions: Mapping[str, Revision],
    *,
    progress: Callable[[str], None],
    asked: Callable[[Side], None] = lambda _: None,
) -> Iterator[IsolatedRevisions]:
    """Databases and caches for revisions of a project, with the same rows.

    Each revision is asked first what its settings lead to. Rows are copied from what the user has,
    or made by the first revision, and copied for each; then each has the schema of its own
    migrations. Nothing of it is left, come what may: what a process that was killed left is
    removed by the next block like this. Meanwhile no other command changes the stack.

    Args:
        settings: What the user asked for.
        revisions: What to serve, by the side's name.
        progress: Told in a few words what is being done.
        asked: Told what each revision said, before anything is made for it.

    Raises:
        StackError: A revision cannot be brought up, or there are no rows.
    """
    with usable(settings.directory) as directory, locked(directory, progress=progress):
        folder = scratch_directory(directory)
        # An earlier one may have been killed.
        recover(directory, progress=progress)
        lifecycle.down(replace(settings, directory=folder))
        remove_isolations(folder)
        data = RevisionData(settings=settings, directory=folder, progress=progress)
        sides: list[Side] = []
        try:
            with locked(folder, progress=progress):
                hold(folder)
                token = secrets.token_urlsafe(24)
                secrets_told = secrets_of(settings.variables)
                if settings.settings_module or settings.manage:
                    progress("asking the project for its settings")
                elif settings.start:
                    progress("no Django project: h2h sees what its Python does, and no more")
                else:
                    raise StackError(
                        "there is no manage.py here or near",
                        fix="name the project's settings module as `settings` in "
                        "[tool.headtohead], or say with --start how it is served",
                    )
                for name, revision in revisions.items():
                    project = project_of(
                        revision,
                        settings=settings,
                        directory=folder,
                        token=token,
                        secrets=secrets_told,
                    )
                    sides.append(ask(name, revision, project=project, directory=folder))
                    asked(sides[-1])
                yield _set_up(data, sides, token=token)
        finally:
            with uninterrupted():
                # Where a server is gone, the next block drops what is on it.
                with suppress(StackError):
                    data.remove()
                lifecycle.down(replace(settings, directory=folder))
                remove_isolations(folder)


def _set_up(data: RevisionData, sides: Sequence[Side], *, token: str) -> IsolatedRevisions:
    settings = data.settings
    projects = data.prepared(sides)
    makes_rows = any("{rows}" in command for command in settings.prepare)
    return IsolatedRevisions(
        settings=settings,
        data=data,
        projects=projects,
        applications={
            side.name: application_of(settings, side.project, side.description) for side in sides
        },
        descriptions={side.name: side.description for side in sides},
        token=token,
        rows=settings.rows if makes_rows else 0,
        servers=tuple(each.server for each in data.servers.values()),
    )
