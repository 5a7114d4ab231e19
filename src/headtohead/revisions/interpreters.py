"""Which Python has the packages of a project, where h2h itself is installed elsewhere."""

import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import msgspec

from headtohead.config import TABLE
from headtohead.errors import ConfigurationError, RevisionError
from headtohead.revisions.git import folders_up

_FIX = f'name the project\'s own: python = ".venv/bin/python" in {TABLE}'
_FOLDERS = (".venv", "venv", "env")
_PYTHON = "bin/python"
_BORROWED = ("python3 on PATH", "h2h's own Python")
# Seconds; a tool that asks something, or waits for a lock, is not to stop everything.
_PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class FoundInterpreter:
    """A Python that has the packages of a project.

    Attributes:
        path: The Python, by an absolute path; links are not followed, as that would lead out of a
            virtual environment.
        how: In a few words how it is known, such as ``.venv``.
        borrowed: Whether nothing says that it is this project's: it has Django, and that is all.
    """

    path: Path
    how: str
    borrowed: bool = False


@dataclass(frozen=True, kw_only=True)
class InterpreterFacts:
    """What an interpreter says of itself.

    Attributes:
        python: Its version.
        build: Its version with how it was built, in its own words.
        implementation: Such as ``CPython``.
        django: Version of its Django; None where it has none.
        distributions: Versions of the packages that are installed, by their names.
        folders: Folders of the repository that was asked about, from its top, from which it imports
            packages that are installed to be edited, or that it has copies of.
        renamed: Names of packages in that repository whose folders have other names.
    """

    python: str
    build: str
    implementation: str
    django: str | None
    distributions: dict[str, str]
    folders: tuple[str, ...]
    renamed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Tool:
    """A tool that keeps environments of projects where it likes.

    Attributes:
        command: What it is asked.
        files: Those of a project that uses it, of which one is enough.
        table: Its keys in pyproject.toml, which are enough too.
        below: Where the Python is in what it answers.
    """

    command: tuple[str, ...]
    files: tuple[str, ...]
    table: tuple[str, ...]
    below: str = ""

    def folder_of(self, folders: Iterable[Path], *, search: str | None) -> Path | None:
        """The folder whose project uses it, where it is installed."""
        if not which(self.command[0], path=search):
            return None
        return next((each for each in folders if self._used_in(each)), None)

    def _used_in(self, folder: Path) -> bool:
        if any((folder / name).exists() for name in self.files):
            return True
        try:
            content = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        for key in ("tool", *self.table):
            content = content.get(key, {})
        return bool(content)

    def python(self, folder: Path, *, environment: Mapping[str, str]) -> Path | None:
        # They would all tell of the environment that is activated.
        told = {name: value for name, value in environment.items() if name != "VIRTUAL_ENV"}
        lines = _output(*self.command, cwd=folder, environment=told).splitlines()
        return Path(lines[-1].strip(), self.below) if lines else None


_TOOLS = (
    _Tool(
        command=("poetry", "env", "info", "--executable"),
        files=("poetry.lock",),
        table=("poetry",),
    ),
    _Tool(command=("pipenv", "--py"), files=("Pipfile", "Pipfile.lock"), table=("pipenv",)),
    _Tool(command=("pdm", "info", "--python"), files=("pdm.lock", ".pdm-python"), table=("pdm",)),
    _Tool(
        command=("hatch", "env", "find"),
        files=("hatch.toml",),
        table=("hatch", "envs"),
        below=_PYTHON,
    ),
)


def find_interpreter(
    root: Path, *, named: str | None, environment: Mapping[str, str]
) -> FoundInterpreter:
    """The Python that has the packages of a project: the first that can import Django.

    Tried are the one that is named (and no other then), the environment that is activated, a
    ``.venv``, ``venv`` or ``env`` in the project's folder or above it in the repository, conda's,
    what poetry, pipenv, pdm and hatch tell of a project of theirs, python3 on PATH, h2h's own.

    Args:
        root: The project's folder.
        named: The setting `python`: a path from `root`, or an absolute one.
        environment: The process' environment.

    Raises:
        ConfigurationError: What is named does not run, or none of them has Django.
    """
    if named is not None:
        path = root.absolute() / Path(named).expanduser()
        if not _output(path, "-c", "print('runs')", cwd=root, environment=environment):
            raise ConfigurationError(
                f"`python` in {TABLE} is {named!r}, which is no Python that runs", fix=_FIX
            )
        return FoundInterpreter(path=path, how=f"python in {TABLE}")
    tried: list[str] = []
    for how, candidate in _candidates(root.absolute(), environment=environment):
        # A shim of pyenv's on PATH is none itself.
        program = "import django, sys; print(sys.executable)"
        said = candidate and _output(candidate, "-c", program, cwd=root, environment=environment)
        if said:
            return FoundInterpreter(path=Path(said), how=how, borrowed=how in _BORROWED)
        tried.append(how)
    raise ConfigurationError(
        f"no Python is found that can import Django (tried {', '.join(tried)})", fix=_FIX
    )


def facts_of(python: Path, *, repository: Path) -> InterpreterFacts:
    """What an interpreter says of itself, and of a repository whose packages it may have.

    Args:
        python: The interpreter.
        repository: The top folder.

    Raises:
        RevisionError: It does not run.
    """
    # As a text, so that nothing of h2h's folders is on the path of a project's interpreter.
    program = Path(__file__).with_name("interpreter_facts.py").read_text(encoding="utf-8")
    finished = subprocess.run(
        [python, "-c", program, repository],
        cwd=repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    said = finished.stdout if finished.returncode == 0 else finished.stderr
    lines = said.strip().splitlines() or ["it says nothing"]
    if finished.returncode != 0:
        raise RevisionError(f"{python} cannot say what it has ({lines[-1]})", fix=_FIX)
    return msgspec.json.decode(lines[-1], type=InterpreterFacts)


def _candidates(root: Path, *, environment: Mapping[str, str]) -> Iterator[tuple[str, Path | None]]:
    """What could be it, and how that is known, each looked up when it is its turn."""
    activated = environment.get("VIRTUAL_ENV")
    if activated and Path(activated).resolve() != Path(sys.prefix).resolve():
        yield "VIRTUAL_ENV", Path(activated) / _PYTHON
    folders = folders_up(root)
    for folder in folders:
        for name in _FOLDERS:
            if (folder / name).is_dir():
                above = "" if folder == root else f" in {folder.name}"
                yield f"{name}{above}", folder / name / _PYTHON
    if environment.get("CONDA_PREFIX"):
        yield "CONDA_PREFIX", Path(environment["CONDA_PREFIX"]) / _PYTHON
    search = environment.get("PATH")
    for tool in _TOOLS:
        at = tool.folder_of(folders, search=search)
        if at:
            yield " ".join(tool.command), tool.python(at, environment=environment)
    on_path = which("python3", path=search)
    borrowed = (Path(on_path) if on_path else None, Path(sys.executable))
    yield from ((how, python) for how, python in zip(_BORROWED, borrowed, strict=True) if python)


def _output(*command: str | Path, cwd: Path, environment: Mapping[str, str]) -> str:
    """What a command prints; nothing where it fails, waits or is not there."""
    try:
        return subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
