"""An environment made by uv from the lock of one revision."""

import hashlib
import json
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.markers import default_environment

from headtohead.errors import RevisionError
from headtohead.host.files import write_whole
from headtohead.revisions.git import folders_up
from headtohead.revisions.interpreters import InterpreterFacts, facts_of
from headtohead.revisions.locked_requirements import locked_requirements
from headtohead.revisions.locks import Lock, LockFormat, declared_options, demands_of, read_toml
from headtohead.revisions.uv import run_uv

# Written last, so that an environment whose making was interrupted is made again. It says from
# which folders of the checkout what is installed there to be edited is imported.
_STAMP = "complete"
_CONVERTED = {LockFormat.POETRY, LockFormat.PDM, LockFormat.PIPENV}


@dataclass(frozen=True, kw_only=True)
class EnvironmentRecipe:
    """What an environment is made from.

    Attributes:
        lock: The revision's lock.
        root: The project's folder in the revision's checkout.
        top: The top of that checkout.
        python: What the environment is made with.
        facts: What that Python says of itself.
        installed: Names of the packages that the project's own interpreter has, by which extras
            and optional groups are chosen.
    """

    lock: Lock
    root: Path
    top: Path
    python: Path
    facts: InterpreterFacts
    installed: Collection[str]

    def digest(self) -> str:
        """What it is kept by: another environment is needed where this differs.

        Raises:
            RevisionError: The lock cannot be read.
        """
        said = [self.lock.format, self.lock.digest, self.facts.build, *self._options]
        said += [*self._requirements, *(demands_of(folder) for folder in self._packages())]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]

    def make(self, environment: Path) -> None:
        """Make it, in place of what is there.

        Raises:
            RevisionError: uv cannot.
        """
        shutil.rmtree(environment, ignore_errors=True)
        folder, path = self.lock.folder, self.lock.path
        python = environment / "bin" / "python"
        if self.lock.format is LockFormat.UV:
            run_uv(
                *("sync", "--frozen", "--compile-bytecode", "--project", str(self.root)),
                *("--python", str(self.python), *self._options),
                cwd=self.root,
                UV_PROJECT_ENVIRONMENT=str(environment),
            )
        else:
            run_uv("venv", "--no-project", "--python", self.python, environment, cwd=folder)
            into = ("--compile-bytecode", "--python", python)
            if self.lock.format in {LockFormat.REQUIREMENTS, LockFormat.DECLARED}:
                run_uv("pip", "install", *into, "--requirement", path, cwd=folder)
            elif self.lock.format is LockFormat.PYLOCK:
                run_uv("pip", "sync", *into, "--allow-empty-requirements", path, cwd=folder)
            else:
                lines = "".join(f"{line}\n" for line in self._requirements)
                sync = ("pip", "sync", *into, "--allow-empty-requirements", "-")
                run_uv(*sync, cwd=folder, given=lines)
        found = facts_of(python, repository=self.top)
        refuse_renamed(found)
        write_whole(json.dumps(found.folders), environment / _STAMP)

    @cached_property
    def _options(self) -> list[str]:
        """What uv is to install beside what it installs of any such lock."""
        if self.lock.format is not LockFormat.UV:
            return []
        declared = (each / "pyproject.toml" for each in folders_up(self.root))
        pyproject = read_toml(next((each for each in declared if each.is_file()), self.root))
        extras, groups = declared_options(
            pyproject, installed=self.installed, environment=self._markers
        )
        options = [each for extra in extras for each in ("--extra", extra)]
        options += [each for group in groups for each in ("--group", group)]
        # The top folder of a workspace may be no package; what is served is one of its members.
        return options if "project" in pyproject else [*options, "--all-packages"]

    @cached_property
    def _requirements(self) -> list[str]:
        """Lines of a requirements file for what only such lines can be installed from."""
        if self.lock.format not in _CONVERTED:
            return []
        return locked_requirements(self.lock, installed=self.installed, environment=self._markers)

    @property
    def _markers(self) -> dict[str, str]:
        version = self.facts.python
        return {
            **{name: str(value) for name, value in default_environment().items()},
            "python_full_version": version,
            "python_version": ".".join(version.split(".")[:2]),
            "implementation_version": version,
            "platform_python_implementation": self.facts.implementation,
            "implementation_name": self.facts.implementation.lower(),
        }

    def _packages(self) -> Iterable[Path]:
        """Folders of the checkout whose packages the lock names, where it does not say all."""
        content = read_toml(self.lock.path)
        if self.lock.format is LockFormat.UV:
            sources = [each.get("source", {}) for each in content.get("package", ())]
            named = [each.get("editable") or each.get("directory") for each in sources]
        elif self.lock.format is LockFormat.PYLOCK:
            packages = content.get("packages", ())
            named = [each.get("directory", {}).get("path") for each in packages]
        else:
            edited = [each for each in self._requirements if each.startswith("-e ")]
            named = [each.removeprefix("-e ").partition("[")[0] for each in edited]
        return [self.lock.folder / each for each in named if each]


def kept_folders(environment: Path) -> tuple[str, ...] | None:
    """From which folders of a checkout an environment imports; None where it is not complete."""
    try:
        return tuple(json.loads((environment / _STAMP).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def refuse_renamed(facts: InterpreterFacts) -> None:
    """Refuse packages that no folder on the path makes the revision's own.

    Raises:
        RevisionError: There is one.
    """
    if facts.renamed:
        raise RevisionError(
            f"the folder of {', '.join(facts.renamed)} has another name than the package, so that "
            "it cannot be had from a revision",
            fix="give the folder the package's name",
        )
