"""The locks of poetry, pdm and pipenv, as lines of a requirements file that uv can install.

Poetry's and pdm's are followed from what the project asks for: older ones do not say why a package
is there. The project itself is left out, as its folder is on the path.
"""

import json
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from headtohead.errors import RevisionError
from headtohead.revisions.lock_conditions import admits_version, holds
from headtohead.revisions.locks import Lock, LockFormat, declared_options, read_toml


@dataclass(frozen=True, kw_only=True)
class _Need:
    """That a package, with some of its extras, is needed where a marker and a Python say so."""

    name: str
    extras: frozenset[str] = frozenset()
    marker: str = ""
    python: str = ""
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class _Pin:
    """A package of a lock, with its line and what it needs: always, and for each extra."""

    version: str
    line: str
    marker: str = ""
    python: str = ""
    needs: tuple[_Need, ...] = ()
    extras: dict[str, tuple[_Need, ...]] = field(default_factory=dict)


def locked_requirements(
    lock: Lock, *, installed: Collection[str], environment: Mapping[str, str]
) -> list[str]:
    """The lines that install what a lock pins.

    All groups that are not optional count, as they do when such a project is set up; extras and
    optional groups, and pipenv's development packages, where all of them are installed.

    Args:
        lock: One of poetry, pdm or pipenv; paths in the lines are relative to its folder.
        installed: Names of the packages that the project's interpreter has.
        environment: Values of the markers of the Python they are for.

    Raises:
        RevisionError: The lock cannot be read, or holds a package twice.
    """
    pyproject = read_toml(lock.folder / "pyproject.toml")
    try:
        if lock.format is LockFormat.PIPENV:
            content = json.loads(lock.path.read_text(encoding="utf-8"))
            return list(_pipenv(content, installed=installed))
        extras, groups = declared_options(pyproject, installed=installed, environment=environment)
        content = tomllib.loads(lock.path.read_text(encoding="utf-8"))
        if lock.format is LockFormat.POETRY:
            needs = [*_poetry_roots(pyproject, installed=installed, groups=groups)]
            pins = _poetry_pins(content)
        else:
            needs = [*_pdm_roots(pyproject)]
            pins = _pdm_pins(content)
        project = pyproject.get("project", {})
        needs += map(_need, project.get("dependencies", ()))
        itself = project.get("name", "")
        needs.append(_Need(name=itself, extras=frozenset(extras)))
        pins[canonicalize_name(itself)] = [_own_extras(project)]
        return sorted(set(_followed(needs, pins, environment=environment, lock=lock)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RevisionError(
            f"{lock.name} of a revision cannot be read ({error!r})",
            fix="make it again with the tool that wrote it",
        ) from error


def _followed(
    needs: Iterable[_Need],
    pins: Mapping[str, list[_Pin]],
    *,
    environment: Mapping[str, str],
    lock: Lock,
) -> Iterator[str]:
    python = environment["python_full_version"]
    waiting, seen = list(needs), set[_Need]()
    while waiting:
        need = waiting.pop()
        if need in seen or not holds(need.marker, need.python, environment=environment):
            continue
        seen.add(need)
        fitting = [
            pin
            for pin in pins.get(canonicalize_name(need.name), ())
            if holds(pin.marker, pin.python, environment=environment)
        ]
        if len(fitting) > 1:
            fitting = [pin for pin in fitting if admits_version(need.version, pin.version)]
        if len({pin.line for pin in fitting}) > 1:
            raise RevisionError(
                f"{lock.name} of a revision holds {need.name} more than once for Python {python}",
                fix="name an environment of its own for it, or lock it with uv",
            )
        # What no lock holds, such as setuptools of an older poetry, is nobody's to install.
        for pin in fitting[:1]:
            if pin.line:
                yield pin.line
            waiting += pin.needs
            for extra in need.extras:
                waiting += pin.extras.get(canonicalize_name(extra), ())


def _own_extras(project: Mapping[str, Any]) -> _Pin:
    """The project itself, which extras and groups name to include other extras."""
    extras: dict[str, tuple[_Need, ...]] = {
        canonicalize_name(name): tuple(map(_need, said))
        for name, said in project.get("optional-dependencies", {}).items()
    }
    return _Pin(version="", line="", extras=extras)


def _need(text: str) -> _Need:
    # Poetry writes versions in brackets, pdm folders after -e.
    bare = text.partition("#egg=")[2] if text.startswith("-e ") else text
    asked = Requirement(bare)
    return _Need(
        name=asked.name,
        extras=frozenset(asked.extras),
        marker=str(asked.marker or ""),
        version=str(asked.specifier),
    )


def _poetry_needs(table: Mapping[str, Any], *, optional: Collection[str]) -> Iterator[_Need]:
    """Needs as poetry writes them, but for optional ones that are not among those named."""
    for name, said in table.items():
        if canonicalize_name(name) == "python":
            continue
        for each in said if isinstance(said, list) else [said]:
            one = {"version": each} if isinstance(each, str) else each
            if one.get("optional") and canonicalize_name(name) not in optional:
                continue
            yield _Need(
                name=name,
                extras=frozenset(one.get("extras", ())),
                marker=one.get("markers", ""),
                python=one.get("python", ""),
                version=one.get("version", ""),
            )


def _poetry_roots(
    pyproject: Mapping[str, Any], *, installed: Collection[str], groups: Collection[str]
) -> Iterator[_Need]:
    have = {canonicalize_name(each) for each in installed}
    poetry = pyproject.get("tool", {}).get("poetry", {})
    optional: set[str] = set()
    for names in poetry.get("extras", {}).values():
        wanted = {canonicalize_name(each) for each in names}
        optional |= wanted if wanted <= have else set()
    yield from _poetry_needs(poetry.get("dependencies", {}), optional=optional)
    yield from _poetry_needs(poetry.get("dev-dependencies", {}), optional=optional)
    tables = poetry.get("group", {})
    for group in tables.values():
        names = {canonicalize_name(each) for each in group.get("dependencies", {})}
        if not group.get("optional") or names <= have:
            yield from _poetry_needs(group.get("dependencies", {}), optional=optional)
    for name, said in pyproject.get("dependency-groups", {}).items():
        if name in groups or not tables.get(name, {}).get("optional"):
            yield from (_need(each) for each in said if isinstance(each, str))


def _poetry_pins(content: Mapping[str, Any]) -> dict[str, list[_Pin]]:
    pins: dict[str, list[_Pin]] = defaultdict(list)
    older = content.get("metadata", {}).get("files", {})
    for each in content.get("package", ()):
        name, version = each["name"], each["version"]
        source = each.get("source", {})
        kind, address = source.get("type", "legacy"), source.get("url", "")
        if kind == "git":
            line = _from_git(name, address, source["resolved_reference"], source)
        elif kind in {"directory", "file"}:
            line = _local(address, directory=kind == "directory")
        elif kind == "url":
            line = f"{name} @ {address}"
        else:
            line = _pinned(name, version, each.get("files") or older.get(name, ()))
        extras: dict[str, tuple[_Need, ...]] = {
            canonicalize_name(extra): tuple(_need(text) for text in texts)
            for extra, texts in each.get("extras", {}).items()
        }
        marker = each.get("markers", "")
        pins[canonicalize_name(name)].append(
            _Pin(
                version=version,
                line=line,
                # One for each group, where they differ.
                marker=marker if isinstance(marker, str) else "",
                python=each.get("python-versions", ""),
                needs=tuple(_poetry_needs(each.get("dependencies", {}), optional=())),
                extras=extras,
            )
        )
    return pins


def _pdm_roots(pyproject: Mapping[str, Any]) -> Iterator[_Need]:
    for table in (
        pyproject.get("dependency-groups", {}),
        pyproject.get("tool", {}).get("pdm", {}).get("dev-dependencies", {}),
    ):
        for said in table.values():
            yield from (_need(each) for each in said if isinstance(each, str))


def _pdm_pins(content: Mapping[str, Any]) -> dict[str, list[_Pin]]:
    pins: dict[str, list[_Pin]] = defaultdict(list)
    extras: dict[str, dict[str, tuple[_Need, ...]]] = defaultdict(dict)
    for each in content.get("package", ()):
        name, version = each["name"], each["version"]
        known = canonicalize_name(name)
        needs = tuple(map(_need, each.get("dependencies", ())))
        if each.get("extras"):
            # Its own entry says what the package needs without them.
            for extra in each["extras"]:
                extras[known][canonicalize_name(extra)] = needs
            continue
        if "git" in each:
            line = _from_git(name, each["git"], each["revision"], each)
        elif "path" in each:
            line = _local(each["path"], directory=not each["path"].endswith((".whl", ".gz")))
        elif "url" in each:
            line = f"{name} @ {each['url']}"
        else:
            line = _pinned(name, version, each.get("files", ()))
        pins[known].append(
            _Pin(
                version=version,
                line=line,
                marker=each.get("marker", ""),
                python=each.get("requires_python", ""),
                needs=needs,
                extras=extras[known],
            )
        )
    return pins


def _pipenv(content: Mapping[str, Any], *, installed: Collection[str]) -> Iterator[str]:
    have = {canonicalize_name(each) for each in installed}
    tables = [content.get("default", {})]
    develop = content.get("develop", {})
    if {canonicalize_name(each) for each in develop} <= have:
        tables.append({name: each for name, each in develop.items() if name not in tables[0]})
    for name, each in (item for table in tables for item in table.items()):
        asked = f"{name}[{','.join(each['extras'])}]" if each.get("extras") else name
        if "path" in each:
            yield _local(each["path"], directory=not each["path"].endswith(".whl"))
        elif "git" in each:
            yield _from_git(asked, each["git"], each["ref"], each)
        elif "file" in each:
            yield f"{asked} @ {each['file']}"
        else:
            hashes = [{"hash": hash_} for hash_ in each.get("hashes", ())]
            version = each["version"].removeprefix("==")
            yield _pinned(asked, version, hashes, marker=each.get("markers", ""))


def _pinned(
    name: str, version: str, files: Iterable[Mapping[str, str]], *, marker: str = ""
) -> str:
    hashes = sorted({f" --hash={each['hash']}" for each in files})
    return f"{name}=={version}{f' ; {marker}' if marker else ''}{''.join(hashes)}"


def _from_git(name: str, address: str, commit: str, entry: Mapping[str, Any]) -> str:
    below = f"#subdirectory={entry['subdirectory']}" if entry.get("subdirectory") else ""
    return f"{name} @ git+{address}@{commit}{below}"


def _local(path: str, *, directory: bool) -> str:
    # Never a copy: what is kept is used by other revisions, which have their own.
    relative = path if path.startswith((".", "/")) else f"./{path}"
    return f"-e {relative}" if directory else relative
