"""The file by which a revision says which packages it needs, in any of the formats there are."""

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from headtohead.revisions.git import folders_up

_INCLUDED = re.compile(r"(-r|--requirement|-c|--constraint|-e|--editable)[=\s]*(\S+)")
# What of a package's own declaration changes what is installed for it: not its version.
_DEMANDS = (
    *("name", "dependencies", "optional-dependencies", "requires-python"),
    *("scripts", "gui-scripts", "entry-points"),
)


class LockFormat(StrEnum):
    """Who writes a lock."""

    UV = "uv.lock"
    POETRY = "poetry.lock"
    PDM = "pdm.lock"
    PIPENV = "Pipfile.lock"
    PYLOCK = "pylock.toml"
    REQUIREMENTS = "requirements"
    DECLARED = "pyproject.toml"


_NAMES = (
    *(each for each in LockFormat if each not in {LockFormat.REQUIREMENTS, LockFormat.DECLARED}),
    "requirements.lock",
    "requirements.txt",
)


@dataclass(frozen=True, kw_only=True)
class Lock:
    """What pins the packages of a revision.

    Attributes:
        path: The file.
        folder: The folder that paths in it are relative to.
        name: How it is called, from `folder`, with why it is the one where there were several.
        format: Who writes it.
        digest: Of all that it says, and that the files say which it includes.
    """

    path: Path
    folder: Path
    name: str
    format: LockFormat
    digest: str

    def same_as(self, other: "Lock | None") -> bool:
        """Whether another one demands the same."""
        return other is not None and (self.format, self.digest) == (other.format, other.digest)


def find_lock(
    root: Path, *, named: Path, installed: Collection[str], like: Lock | None = None
) -> Lock | None:
    """The lock of a project.

    It is the one that is named, where it is there; or else the first that is known, in the
    project's folder or above it in the repository. Of several files in a folder ``requirements`` it
    is the one that another revision has, or else that is closest to what is installed.

    Args:
        root: The project's folder, with no links in its path.
        named: The file, from `root`.
        installed: Names of the packages that the project's interpreter has.
        like: The lock of the other revision.
    """
    if (root / named).is_file():
        return _lock(root / named, folder=root, name=named.as_posix())
    for folder in folders_up(root):
        for name in _NAMES:
            if (folder / name).is_file():
                return _lock(folder / name, folder=folder, name=name)
        several = sorted((folder / "requirements").glob("*.txt"))
        if several:
            same = [each for each in several if like and each.name == like.path.name]
            chosen = _closest(same or several, folder=folder, installed=installed)
            name = f"requirements/{chosen.name}"
            if len(several) > 1:
                name += f", the closest of {len(several)} to what is installed"
            return _lock(chosen, folder=folder, name=name)
    return None


def declared_packages(root: Path) -> Lock | None:
    """What a project without a lock declares that it needs, of which the newest are taken.

    Args:
        root: The project's folder, with no links in its path.
    """
    for folder in folders_up(root):
        path = folder / LockFormat.DECLARED
        if read_toml(path).get("project", {}).get("dependencies"):
            kind, digest = LockFormat.DECLARED, demands_of(folder)
            return Lock(path=path, folder=folder, name=path.name, format=kind, digest=digest)
    return None


def unmet(lock: Lock, *, root: Path, installed: Mapping[str, str]) -> str | None:
    """The first thing a project asks for that an interpreter does not have; None where it has all.

    Args:
        lock: The project's lock. What it was made from counts, but for pylock.toml and files of
            requirements: locks hold what only other systems and developers need, too.
        root: The project's folder.
        installed: Versions of the interpreter's packages, by their names.
    """
    have = {canonicalize_name(name): version for name, version in installed.items()}
    for requirement in _asked_for(lock, root=root):
        version = have.get(canonicalize_name(requirement.name))
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and not (version and requirement.specifier.contains(version, prereleases=True)):
            return str(requirement)
    return None


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; nothing where it is not there or is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def declared_options(
    pyproject: Mapping[str, Any], *, installed: Collection[str], environment: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """The extras, and the groups of dependencies, all of whose packages are installed.

    Args:
        pyproject: What the project declares.
        installed: Names of the packages that the project's interpreter has.
        environment: Values of the markers of that interpreter.
    """
    have = {canonicalize_name(each) for each in installed}

    def there(requirements: list[Any]) -> bool:
        wanted = [
            each
            for each in map(_requirement, requirements)
            if each and (each.marker is None or each.marker.evaluate({**environment, "extra": ""}))
        ]
        return bool(wanted) and all(canonicalize_name(each.name) in have for each in wanted)

    extras = pyproject.get("project", {}).get("optional-dependencies", {})
    groups = pyproject.get("dependency-groups", {})
    return (
        sorted(name for name, each in extras.items() if there(each)),
        sorted(name for name, each in groups.items() if there(each)),
    )


def demands_of(folder: Path) -> str:
    """What the package in a folder says that it needs, as a text to compare.

    Its version is left out, and so is what tells its tools how to check it.
    """
    pyproject = read_toml(folder / "pyproject.toml")
    project = pyproject.get("project", {})
    tools = pyproject.get("tool", {})
    said: dict[str, Any] = {each: project.get(each) for each in _DEMANDS}
    said["build"] = pyproject.get("build-system")
    said["poetry"] = {
        each: tools.get("poetry", {}).get(each) for each in ("dependencies", "extras", "group")
    }
    files = ["setup.py", "setup.cfg"]
    if "dependencies" in project.get("dynamic", ()):
        dynamic = tools.get("setuptools", {}).get("dynamic", {}).get("dependencies", {})
        named = dynamic.get("file", []) if isinstance(dynamic, dict) else []
        files += [named] if isinstance(named, str) else named
    said["files"] = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in files
        if (folder / name).is_file()
    }
    return json.dumps(said, sort_keys=True, default=str)


def requirement_lines(path: Path) -> list[str]:
    """The lines of a requirements file, joined where they go on, without comments."""
    text = path.read_text(encoding="utf-8", errors="replace").replace("\\\n", " ")
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def pins_everything(lock: Lock) -> bool:
    """Whether a lock, or a requirements file with what it includes, leaves no version open."""
    if lock.format is not LockFormat.REQUIREMENTS:
        return lock.format is not LockFormat.DECLARED
    return all(
        requirement is None
        or requirement.url
        or any(each.operator in {"==", "==="} for each in requirement.specifier)
        for path in _included(lock.path, folder=lock.folder)
        if path.is_file()
        for requirement in map(_requirement, requirement_lines(path))
    )


def _asked_for(lock: Lock, *, root: Path) -> Iterator[Requirement]:
    if lock.format is LockFormat.REQUIREMENTS:
        lines: list[Any] = [
            line
            for path in _included(lock.path, folder=lock.folder)
            if path.is_file()
            for line in requirement_lines(path)
        ]
    elif lock.format is LockFormat.PYLOCK:
        packages = read_toml(lock.path).get("packages", ())
        lines = [each.get("name") for each in packages if "marker" not in each]
    elif lock.format is LockFormat.PIPENV:
        lines = [*json.loads(lock.path.read_text(encoding="utf-8")).get("default", ())]
    else:
        declared = (read_toml(each / "pyproject.toml") for each in folders_up(root))
        pyproject = next((each for each in declared if each), {})
        lines = [*pyproject.get("project", {}).get("dependencies", ())]
        poetry = pyproject.get("tool", {}).get("poetry", {}).get("dependencies", {})
        lines += [name for name in poetry if name != "python"]
    yield from filter(None, map(_requirement, lines))


def _lock(path: Path, *, folder: Path, name: str) -> Lock:
    is_pylock = path.name.startswith("pylock.") and path.suffix == ".toml"
    format_ = next((each for each in LockFormat if each == path.name), LockFormat.REQUIREMENTS)
    format_ = LockFormat.PYLOCK if is_pylock else format_
    digest = hashlib.sha256()
    alone = format_ is not LockFormat.REQUIREMENTS
    for part in (path,) if alone else _included(path, folder=folder):
        content = demands_of(part).encode() if part.is_dir() else part.read_bytes()
        digest.update(f"{len(content)}:".encode() + content)
    return Lock(path=path, folder=folder, name=name, format=format_, digest=digest.hexdigest())


def _included(path: Path, *, folder: Path) -> Iterator[Path]:
    """A requirements file, those it includes, and the folders of packages that it names.

    pip reads files from where they are included, and packages from where it is started.
    """
    waiting, seen = [path], set[Path]()
    while waiting:
        file = waiting.pop(0).resolve()
        if file in seen:
            continue
        seen.add(file)
        yield file
        for line in requirement_lines(file):
            match = _INCLUDED.match(line)
            if (match and match[1] in {"-e", "--editable"}) or line.startswith((".", "/")):
                named = (match[2] if match else line.split()[0]).partition("[")[0]
                local = (folder / named).resolve()
                if local.is_dir() and local not in seen:
                    seen.add(local)
                    yield local
            elif match and (file.parent / match[2]).is_file():
                waiting.append(file.parent / match[2])


def _closest(files: list[Path], *, folder: Path, installed: Collection[str]) -> Path:
    have = {canonicalize_name(each) for each in installed}

    def distance(file: Path) -> tuple[bool, int, int, str]:
        names = {
            canonicalize_name(requirement.name)
            for path in _included(file, folder=folder)
            if path.is_file()
            for requirement in map(_requirement, requirement_lines(path))
            if requirement
        }
        # One for checks or for documents alone serves nothing.
        return "django" not in names, len(names - have), -len(names), file.name

    return min(files, key=distance)


def _requirement(line: Any) -> Requirement | None:
    """The requirement in a line; none where it is an option, a path or another group."""
    if not isinstance(line, str):
        return None
    try:
        return Requirement(re.split(r"\s--\w", line)[0])
    except InvalidRequirement:
        return None
