"""Where a Django project's `manage.py` is and what it says, found without running any of it."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Where a project's own manage.py never is.
_PASSED_OVER = frozenset({"node_modules", "site-packages", "tests", "docs", "venv", "env"})
_DEEPEST = 2  # folders below the project's
_SETTINGS = re.compile(
    r"""DJANGO_SETTINGS_MODULE['"]\s*,\s*['"]([\w.]+)['"]"""  # in Python
    r"""|^(?:export\s+)?DJANGO_SETTINGS_MODULE\s*=\s*['"]?([\w.]+)""",  # in .env
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class ProjectLayout:
    """Where a project's commands run, and with which settings.

    Attributes:
        folder: The folder in which commands run: that of `manage.py`, or the project's own.
        manage: `manage.py`; None where there is none.
        settings_module: Dotted name of the settings; empty where nobody names them.
        named_in: How they are known: the file that names them, from `folder`. Empty where they
            were given, or are not known.
    """

    folder: Path
    manage: Path | None
    settings_module: str
    named_in: str = ""


def layout_of(root: Path, *, settings_module: str | None) -> ProjectLayout:
    """Look at a project's files.

    Args:
        root: The project's folder.
        settings_module: Dotted name of the settings; None for those that `manage.py` names, or
            else `.env` or what serves the project.
    """
    manage = next(_managing(root), None)
    folder = manage.parent if manage else root
    named = settings_module or os.environ.get("DJANGO_SETTINGS_MODULE")
    # Where manage.py leaves it to a variable, what serves the project names its settings mostly.
    naming = [manage, folder / ".env"] if manage else [folder / ".env"]
    naming += [*sorted(folder.glob("*/wsgi.py")), *sorted(folder.glob("*/asgi.py"))]
    if named:
        return ProjectLayout(folder=folder, manage=manage, settings_module=named)
    for file in naming:
        module = _named_in(file)
        if module:
            from_folder = file.relative_to(folder).as_posix()
            return ProjectLayout(
                folder=folder, manage=manage, settings_module=module, named_in=from_folder
            )
    modules = settings_below(folder)
    if len(modules) != 1:
        return ProjectLayout(folder=folder, manage=manage, settings_module="")
    return ProjectLayout(
        folder=folder, manage=manage, settings_module=modules[0], named_in="the only ones there are"
    )


def settings_below(folder: Path) -> list[str]:
    """Dotted names of what may be a project's settings, those for development first."""
    files = [*folder.glob("*/settings.py"), *folder.glob("*/settings/*.py")]
    modules = [".".join(file.relative_to(folder).with_suffix("").parts) for file in files]
    named = [each for each in modules if not each.endswith(".__init__")]
    order = {"settings": 0, "development": 1, "dev": 1, "local": 1, "base": 2}
    return sorted(named, key=lambda each: (order.get(each.rpartition(".")[2], 3), each))


def changed_at(root: Path) -> float:
    """The latest change of a Python file of the project, in seconds since 1970.

    Hidden folders, such as virtual environments and the stack's own, are passed over.
    """
    latest = 0.0
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.endswith(".py"):
                continue
            # An editor's lock is a link that leads nowhere.
            with suppress(OSError):
                latest = max(latest, os.stat(f"{folder}/{name}").st_mtime)  # noqa: PTH116 (fast)
    return latest


def _managing(root: Path) -> Iterator[Path]:
    """Every `manage.py` near a project's root, the nearest first."""
    folders = [root]
    for _ in range(_DEEPEST + 1):
        for folder in folders:
            if (folder / "manage.py").is_file():
                yield folder / "manage.py"
        folders = [
            below
            for folder in folders
            for below in sorted(folder.iterdir())
            if below.is_dir() and below.name[0] != "." and below.name not in _PASSED_OVER
        ]


def _named_in(file: Path) -> str:
    if not file.is_file():
        return ""
    found = _SETTINGS.search(file.read_text(encoding="utf-8", errors="replace"))
    return found[1] or found[2] if found else ""
