"""What of a project is served: decided here, whichever command asks."""

from dataclasses import dataclass
from pathlib import Path

from headtohead.config import TABLE
from headtohead.errors import StackError
from headtohead.protocol.project_description import ProjectDescription
from headtohead.services.django_project import Project
from headtohead.stack.settings import StackSettings


@dataclass(frozen=True, kw_only=True)
class Application:
    """What is served of a project.

    Attributes:
        name: The application, as ``package.module:callable``.
        known_by: Who says so.
    """

    name: str
    known_by: str


def application_of(
    settings: StackSettings, project: Project, description: ProjectDescription | None = None
) -> Application:
    """What is served: as the user says, or else the project, or else its files.

    Args:
        settings: What the user says.
        project: The project; it is asked only where the user does not say.
        description: What it said, if it was asked before.

    Raises:
        StackError: Nothing names it.
    """
    if settings.wsgi:
        return Application(name=settings.wsgi, known_by=f"wsgi in {TABLE}")
    description = description or project.describe()
    if description.wsgi:
        return Application(name=description.wsgi, known_by="WSGI_APPLICATION")
    beside = _beside(description.settings_module, folder=project.folder)
    if beside:
        return Application(name=beside, known_by="the wsgi.py nearest to the settings")
    raise StackError(
        "the project names no WSGI application"
        + (f", {description.asgi} (ASGI) alone" if description.asgi else ""),
        fix=f'name it in {TABLE}: wsgi = "shop.wsgi:application"',
    )


def _beside(settings_module: str, *, folder: Path) -> str:
    """The WSGI application nearest to a project's settings; empty for none.

    Args:
        settings_module: Dotted name of the settings.
        folder: Where modules are imported from.
    """
    packages = settings_module.split(".")[:-1]
    for depth in range(len(packages), -1, -1):
        if folder.joinpath(*packages[:depth], "wsgi.py").is_file():
            return ".".join([*packages[:depth], "wsgi:application"])
    return ""
