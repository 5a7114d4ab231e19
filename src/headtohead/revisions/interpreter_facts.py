"""Asked of a project's own Python, as a text (`python -c`): what it has, and what of it is ours.

It imports the standard library alone, in the syntax of Python 3.8, and prints a line of JSON. Its
argument is the top folder of a repository. Packages of that repository which are installed to be
edited are told by the folders that they are imported from, whether a line of a `.pth` file puts
them on the path or a finder of setuptools or `editables` maps them by name.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


def _ours(path: str, repository: Path) -> Path | None:
    """The path without links, if it is in the repository and not in an environment there."""
    found = Path(path).resolve()
    own = {Path(sysconfig.get_paths()[each]).resolve() for each in ("purelib", "platlib", "stdlib")}
    places = {found, *found.parents}
    return found if repository in places and not own & places else None


def _mapped() -> Iterator[tuple[str, str]]:
    """Each import name with the file or folder that a finder has for it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            yield from getattr(module, "MAPPING", {}).items()
            for space, folders in getattr(module, "NAMESPACES", {}).items():
                yield from ((space, folder) for folder in folders)
    for finder in sys.meta_path:
        yield from getattr(finder, "_redirections", {}).items()


def _found_in(name: str, path: Path) -> Path | None:
    """The folder in which a name is found at that path; None where it has another name there."""
    if path.suffix == ".py":
        path = path.parent if path.stem == "__init__" else path.with_suffix("")
    for part in reversed(name.split(".")):
        if path.name != part:
            return None
        path = path.parent
    return path


def _facts(repository: Path) -> dict[str, Any]:
    # The first, which is empty, is where this is asked.
    entries = [each for each in sys.path if each and Path(each).is_dir()]
    folders = [ours for ours in (_ours(each, repository) for each in entries) if ours]
    renamed: set[str] = set()
    versions: dict[str, str] = {}
    for name, path in _mapped():
        ours = _ours(path, repository)
        folder = ours and _found_in(name, ours)
        if folder:
            folders.append(folder)
        elif ours:
            renamed.add(name)
    for each in importlib.metadata.distributions():
        if each.metadata["Name"]:  # what is left of one that was removed has none
            versions.setdefault(each.metadata["Name"], each.version)
        direct = json.loads(each.read_text("direct_url.json") or "{}")
        if "dir_info" in direct:
            ours = _ours(unquote(urlsplit(direct["url"]).path), repository)
            # A copy, or edited in a way that is not known here.
            if ours and not any(ours in (found, *found.parents) for found in folders):
                folders.append(ours / "src" if (ours / "src").is_dir() else ours)
    try:
        import django  # noqa: PLC0415 (it may not be there)
    except ImportError:
        version = None
    else:
        version = django.get_version()
    return {
        "python": platform.python_version(),
        "build": sys.version,
        "implementation": platform.python_implementation(),
        "django": version,
        "distributions": dict(sorted(versions.items())),
        "folders": [each.relative_to(repository).as_posix() for each in dict.fromkeys(folders)],
        "renamed": sorted(renamed),
    }


if __name__ == "__main__":
    print(json.dumps(_facts(Path(sys.argv[1]).resolve())))  # noqa: T201 (it is asked)
