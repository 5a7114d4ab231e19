"""What of a project is served, and by what: decided here, whichever command asks."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from headtohead.config import TABLE
from headtohead.errors import StackError
from headtohead.protocol.project_description import ASGI_SERVERS, ProjectDescription
from headtohead.services.django_project import Project
from headtohead.services.gunicorn import ARGUMENTS_VARIABLE, own_config
from headtohead.stack.settings import StackSettings

# Servers that the project's own environment may have, the one that is taken first before others.
# None writes a line for each request, as gunicorn does not.
_COMMANDS = {
    "uvicorn": "python -m uvicorn {name} --host {{host}} --port {{port}} --workers {workers} "
    "--no-access-log",
    "daphne": "python -m daphne --bind {{host}} --port {{port}} --verbosity 0 {name}",
}
# In a line of a config file that is no comment, or among arguments.
_ASGI_WORKER = re.compile(
    r"^[^#\n]*?(?:uvicorn\.workers|uvicorn_worker|(?:worker[_-]class|-k)\W+asgi\b)", re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class Application:
    """What is served of a project, and by what.

    Attributes:
        name: The application, as ``package.module:callable``; empty where a command of the user's
            knows it.
        known_by: Who says so.
        interface: ``wsgi`` or ``asgi``.
        server: The package that serves it; empty for a command of the user's.
        worker_class: gunicorn's, in place of what its own configuration says; None for that.
        command: What serves it in place of gunicorn, as `start` says it; None for gunicorn.
    """

    name: str
    known_by: str
    interface: str = "wsgi"
    server: str = "gunicorn"
    worker_class: str | None = None
    command: str | None = None

    @property
    def shown(self) -> str:
        """What serves it, in words."""
        return f"{self.server} ({self.interface.upper()})" if self.server else "a command"


def served_differently(applications: Mapping[str, Application]) -> str:
    """A sentence on sides that are served by different servers; empty where they are not."""
    shown = {side: each.shown for side, each in applications.items()}
    if len(set(shown.values())) < 2:
        return ""
    told = ", ".join(f"{side} by {each}" for side, each in shown.items())
    return f"{told}: that is a part of what is compared"


def application_of(
    settings: StackSettings, project: Project, description: ProjectDescription | None = None
) -> Application:
    """What is served: as the user says, or else the project, or else its files.

    That is the WSGI application, unless there is none or the project shows that it is served by
    ASGI.

    Args:
        settings: What the user says.
        project: The project; it is asked only where the user does not say.
        description: What it said, if it was asked before.

    Raises:
        StackError: Nothing names it, or nothing is there that serves it.
    """
    if settings.start:
        return Application(name="", known_by=f"start in {TABLE}", server="", command=settings.start)
    if settings.wsgi:
        return application_by("wsgi", settings, project)
    description = description or project.describe()
    has_worker = _has_asgi_worker(own_config(project, named=settings.gunicorn_config))
    reason = "gunicorn's worker class" if has_worker else _asks_for_asgi(description)
    asgi = _find("asgi", settings, project, description)
    wsgi = None if settings.asgi else _find("wsgi", settings, project, description)
    if wsgi and not (asgi and reason):
        return wsgi
    if asgi is None:
        raise _lacking("wsgi")
    if wsgi:
        asgi = replace(asgi, known_by=f"{asgi.known_by}; {reason}")
    if has_worker and "gunicorn" in description.servers:
        return asgi
    return _served(asgi, description, workers=settings.workers)


def application_by(interface: str, settings: StackSettings, project: Project) -> Application:
    """The application that speaks an interface, for gunicorn to serve.

    Raises:
        StackError: Nothing names it.
    """
    found = _find(interface, settings, project)
    if found is None:
        raise _lacking(interface)
    return found


def _find(
    interface: str,
    settings: StackSettings,
    project: Project,
    description: ProjectDescription | None = None,
) -> Application | None:
    named = settings.wsgi if interface == "wsgi" else settings.asgi
    if named:
        known_by = f"{interface} in {TABLE}"
        return Application(name=named, known_by=known_by, interface=interface)
    description = description or project.describe()
    said = description.wsgi if interface == "wsgi" else description.asgi
    if said:
        known_by = f"{interface.upper()}_APPLICATION"
        return Application(name=said, known_by=known_by, interface=interface)
    beside = _beside(f"{interface}.py", description.settings_module, folder=project.folder)
    known_by = f"the {interface}.py nearest to the settings"
    return Application(name=beside, known_by=known_by, interface=interface) if beside else None


def _beside(file: str, settings_module: str, *, folder: Path) -> str:
    """The application in the file of that name nearest to a project's settings; empty for none."""
    packages = settings_module.split(".")[:-1]
    for depth in range(len(packages), -1, -1):
        if folder.joinpath(*packages[:depth], file).is_file():
            return ".".join([*packages[:depth], f"{Path(file).stem}:application"])
    return ""


def _has_asgi_worker(config: Path | None) -> bool:
    """Whether gunicorn, as the project configures it, speaks ASGI."""
    said = os.environ.get(ARGUMENTS_VARIABLE, "")
    if config and config.is_file():
        said += "\n" + config.read_text(encoding="utf-8", errors="replace")
    return bool(_ASGI_WORKER.search(said))


def _asks_for_asgi(description: ProjectDescription) -> str:
    """By what a project that has both applications shows that ASGI is served; empty for WSGI."""
    if any(each.partition(".")[0] == "daphne" for each in description.apps):
        return "daphne is in INSTALLED_APPS"
    # Every project that Django began has an asgi.py: by itself that says nothing.
    if description.servers and set(description.servers) <= set(ASGI_SERVERS):
        return f"{description.servers[0]} is the server that it has"
    return ""


def _served(
    application: Application, description: ProjectDescription, *, workers: int
) -> Application:
    """An ASGI application with what serves it: the project's own server, or else gunicorn."""
    name = application.name
    for server, command in _COMMANDS.items():
        if server in description.servers:
            words = command.format(name=name, workers=workers)
            return replace(application, server=server, command=words)
    if description.asgi_worker:
        return replace(application, worker_class="asgi")
    raise StackError(
        f"{name} speaks ASGI, which the project's gunicorn is too old for",
        fix="install uvicorn beside it, or say what serves it in "
        f'{TABLE}: start = "uvicorn {name} --host {{host}} --port {{port}}"',
    )


def _lacking(interface: str) -> StackError:
    name = interface.upper()
    return StackError(
        f"the project names no {name} application",
        fix=f'name it in {TABLE}: {interface} = "shop.{interface}:application"',
    )
