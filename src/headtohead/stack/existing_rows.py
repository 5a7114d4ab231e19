"""Where the rows are that a project has already, which are copied and never changed."""

from pathlib import Path
from urllib.parse import urlsplit

from headtohead.errors import ConfigurationError
from headtohead.protocol.project_description import DatabaseSettings
from headtohead.revisions import Revision
from headtohead.revisions.git import folders_up
from headtohead.services.databases import sqlite
from headtohead.stack.asked_revisions import Side
from headtohead.stack.settings import StackSettings

_FROM_SETTINGS = "settings"


def source_of(side: Side, group: str, *, settings: StackSettings) -> Path | str | None:
    """The file, or the URL of the database, that rows are copied from; None where there is none.

    Args:
        side: The revision whose database it is.
        group: The first alias of that database.
        settings: What the user asked for.

    Raises:
        ConfigurationError: What `data` names is not there.
    """
    own = side.description.databases[group]
    if settings.data not in {None, _FROM_SETTINGS}:
        return _named(str(settings.data), root=settings.root) if group == "default" else None
    if own.vendor == "sqlite" and (settings.data or not settings.prepare):
        file = _at_home(Path(own.name), side.revision, root=settings.root)
        return file if file.is_file() and file.stat().st_size else None
    return own.postgresql_url if settings.data else None


def shown(source: Path | str) -> str:
    """A source without the account and the password that it may have."""
    if isinstance(source, Path):
        return source.name
    parts = urlsplit(source)
    return f"{parts.path.removeprefix('/')} at {parts.hostname or 'its socket'}"


def _at_home(path: Path, revision: Revision, *, root: Path) -> Path:
    """Where the user has a file that a revision's settings name by its own folder."""
    checkout = folders_up(revision.root)[-1]
    if path.is_relative_to(checkout):
        return folders_up(root.resolve())[-1] / path.relative_to(checkout)
    return path


def _named(given: str, *, root: Path) -> Path | str:
    """The file or the URL that `data` names."""
    if "://" in given and not given.startswith("sqlite:"):
        return given
    file = sqlite.file_of(given) if "://" in given else root / given
    if not file.is_file():
        raise ConfigurationError(
            f"`data` names {given}, which is no file",
            fix="name it from the folder of pyproject.toml",
        )
    return file


def seen(given: DatabaseSettings | None) -> str:
    """What the settings name, where none of it is copied."""
    if given is None:
        return "the settings name no database"
    if given.vendor == "sqlite":
        return f"the SQLite file {Path(given.name).name} is not there"
    at = f" at {given.host}" if given.host else ""
    return f"the settings name the PostgreSQL {given.name}{at}, which h2h leaves alone"
