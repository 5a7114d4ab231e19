"""What runs a folder's code: an interpreter with the packages that it needs."""

import os
import sys
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from headtohead.errors import RevisionError
from headtohead.host.files import held
from headtohead.revisions.environment_recipe import (
    EnvironmentRecipe,
    kept_folders,
    refuse_renamed,
)
from headtohead.revisions.git import folders_up, holds
from headtohead.revisions.interpreters import FoundInterpreter, InterpreterFacts, facts_of
from headtohead.revisions.locks import (
    Lock,
    declared_packages,
    find_lock,
    pins_everything,
    read_toml,
    unmet,
)
from headtohead.revisions.uv import run_uv


@dataclass(frozen=True, kw_only=True)
class PythonEnvironment:
    """A folder with a Python that can run its code.

    Attributes:
        root: The folder.
        interpreter: A Python that has the packages that the code needs; h2h's own unless another
            is given.
        local: Folders of the same checkout with packages that the interpreter has, too, but from
            another checkout.
        shared: Whether the interpreter is the project's, rather than one for revisions that lock
            the same.
        packages: In a few words where its packages are from.
    """

    root: Path
    interpreter: Path = Path(sys.executable)
    local: tuple[Path, ...] = ()
    shared: bool = True
    packages: str = "h2h's own Python"

    def variables(self) -> dict[str, str]:
        """The variables that make the interpreter run this folder's own code.

        The interpreter may be one into which another folder's code is installed to be edited;
        what this one keeps in ``src`` has to win, and so have the other packages of its checkout.
        """
        given = os.environ.get("PYTHONPATH")
        folders = dict.fromkeys(map(str, (self.root / "src", self.root, *self.local)))
        return {"PYTHONPATH": os.pathsep.join([*folders, *([given] if given else [])])}


def environment_for(
    root: Path,
    *,
    like: Path,
    interpreter: FoundInterpreter,
    facts: InterpreterFacts,
    lock: Path,
    directory: Path,
    note: Callable[[str], None],
) -> PythonEnvironment:
    """What runs a revision.

    Its interpreter is the project's where both folders lock the same packages, or the revision
    locks none; otherwise that of a virtual environment, which is kept for all revisions that lock
    the same. A project that has no environment of its own gets such a one, too, unless what was
    found in its place has all that it asks for. Packages of the repository are always those of the
    revision's own checkout.

    Args:
        root: The revision's folder.
        like: The project's folder.
        interpreter: What runs the project there.
        facts: What that says of itself, and of the project's repository.
        lock: The file that pins packages, from either folder; where it is not there, it is found.
        directory: Where environments are kept.
        note: Told in a few words what takes a moment, and what is shared.

    Raises:
        RevisionError: The environment cannot be made.
    """
    root, like = root.resolve(), like.resolve()
    top, top_there = folders_up(root)[-1], folders_up(like)[-1]
    own, there, lacks = locks_for(root, like=like, interpreter=interpreter, facts=facts, named=lock)
    if own is None or (own.same_as(there) and not lacks):
        refuse_renamed(facts)
        packages = f"{interpreter.how}, as " + (
            f"{own.name} is the same" if own else "it locks none"
        )
        if root != like:
            note(f"the packages of a revision are those of {packages}")
            _tell_of_missing(facts.folders, top=top, installed_from=top_there, note=note)
        return PythonEnvironment(
            root=root,
            interpreter=interpreter.path,
            local=_present(facts.folders, top=top),
            packages=packages,
        )
    python = _python_for(root, like=like, interpreter=interpreter, version=facts.python)
    recipe = EnvironmentRecipe(
        lock=own,
        root=root,
        top=top,
        python=python,
        facts=facts if python == interpreter.path else facts_of(python, repository=top),
        installed=wanted_by(interpreter, facts),
    )
    environment = directory.absolute() / recipe.digest()
    if kept_folders(environment) is None:
        _make(environment, recipe=recipe, lock=own, note=note)
    return PythonEnvironment(
        root=root,
        interpreter=environment / "bin" / "python",
        local=_present(kept_folders(environment) or (), top=top),
        shared=False,
        packages=f"{own.name} of the revision",
    )


def locks_for(
    root: Path,
    *,
    like: Path,
    interpreter: FoundInterpreter,
    facts: InterpreterFacts,
    named: Path,
) -> tuple[Lock | None, Lock | None, str | None]:
    """The revision's lock, the project's lock, and what the interpreter lacks of the revision's.

    An interpreter that is the project's own is said to lack nothing.

    Args:
        root: The revision's folder, with no links in its path.
        like: The project's.
        interpreter: What runs the project there.
        facts: What it says of itself.
        named: The file, from either folder.
    """
    installed = wanted_by(interpreter, facts)
    there = find_lock(like, named=named, installed=installed)
    own = find_lock(root, named=named, installed=installed, like=there)
    if not interpreter.borrowed:
        return own, there, None
    if there is None and own is None:
        there, own = declared_packages(like), declared_packages(root)
    lacks = unmet(own, root=root, installed=facts.distributions) if own else None
    return own, there, lacks


def wanted_by(interpreter: FoundInterpreter, facts: InterpreterFacts) -> Collection[str]:
    """Installed packages, by which a project's extras are chosen.

    An environment that is not the project's says nothing about them: it counts as empty.
    """
    return () if interpreter.borrowed else facts.distributions


def _make(
    environment: Path, *, recipe: EnvironmentRecipe, lock: Lock, note: Callable[[str], None]
) -> None:
    note(f"installing what {lock.name} of that revision asks for")
    if not pins_everything(lock):
        note(f"{lock.name} leaves versions open: the newest are taken")
    environment.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Two comparisons at once would each remove what the other installs.
    with held(environment.with_name(f"{environment.name}.lock")):
        if kept_folders(environment) is None:
            recipe.make(environment)


def _python_for(root: Path, *, like: Path, interpreter: FoundInterpreter, version: str) -> Path:
    """The project's own Python, unless the revision asks for another version."""

    def pinned(folder: Path) -> str:
        files = (each / ".python-version" for each in folders_up(folder))
        text = next((each.read_text(encoding="utf-8") for each in files if each.is_file()), "")
        return next(iter(text.split()), "")

    declared = (read_toml(each / "pyproject.toml").get("project", {}) for each in folders_up(root))
    required = next((each["requires-python"] for each in declared if "requires-python" in each), "")
    same = pinned(root) == pinned(like) and not interpreter.borrowed
    asked = "" if same else pinned(root)
    with suppress(InvalidSpecifier):
        if not SpecifierSet(required).contains(version, prereleases=True):
            asked = asked or required
    if not asked:
        return interpreter.path
    try:
        return Path(run_uv("python", "find", "--system", "--no-project", asked, cwd=root))
    except RevisionError as error:
        raise RevisionError(
            f"a revision asks for Python {asked}, which uv does not find on this machine",
            fix=f"install it, such as with uv python install '{asked}'",
        ) from error


def _tell_of_missing(
    folders: Iterable[str], *, top: Path, installed_from: Path, note: Callable[[str], None]
) -> None:
    for folder in folders:
        missing = not (top / folder).is_dir()
        if missing and holds(installed_from / folder, root=installed_from):
            note(f"a revision has no {folder}: what imports it gets that of the working tree")


def _present(folders: Iterable[str], *, top: Path) -> tuple[Path, ...]:
    return tuple(top / each for each in folders if (top / each).is_dir())
