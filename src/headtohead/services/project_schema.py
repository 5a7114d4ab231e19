"""A project's migrations, asked and undone in its own interpreter."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from headtohead.errors import StackError
from headtohead.protocol.migrations import Schema, from_output
from headtohead.services.django_project import Project


def schemas_of(project: Project, *, root: Path, aliases: Sequence[str]) -> Mapping[str, Schema]:
    """The migrations of a project, and which of them each of its databases has.

    Args:
        project: On databases of h2h's.
        root: Its checkout: what lies elsewhere is of installed packages.
        aliases: Of its databases.

    Raises:
        StackError: It cannot be asked.
    """
    found = from_output(project.ask("migrations.tell", str(root), *aliases))
    if not found:
        raise StackError(
            "the project's migrations cannot be read: its interpreter says nothing of them",
            fix=f"see what `manage.py showmigrations` says in {project.folder}",
        )
    return found


def undo(project: Project, *, alias: str, names: Sequence[str]) -> None:
    """Undo migrations, and whatever depends on them.

    Args:
        project: One that has them, on the database.
        alias: Of the database.
        names: Of the migrations, as ``app.name``.

    Raises:
        StackError: One of them cannot be undone.
    """
    project.ask("migrations.undo", alias, *names)
