"""What runs a folder's code: an interpreter with the packages that it needs."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from headtohead.errors import RevisionError
from headtohead.host.files import held

# Written last, so that an environment whose making was interrupted is made again.
_STAMP = "complete"


@dataclass(frozen=True, kw_only=True)
class PythonEnvironment:
    """A folder with a Python that can run its code.

    Attributes:
        root: The folder.
        interpreter: A Python that has the packages that the code needs; h2h's own unless another
            is given.
    """

    root: Path
    interpreter: Path = Path(sys.executable)

    def variables(self) -> dict[str, str]:
        """The variables that make the interpreter run this folder's own code.

        The interpreter may be one into which another folder's code is installed to be edited;
        what this one keeps in ``src`` has to win.
        """
        given = os.environ.get("PYTHONPATH")
        paths = [str(self.root / "src"), str(self.root), *([given] if given else [])]
        return {"PYTHONPATH": os.pathsep.join(paths)}


def environment_for(
    root: Path, *, like: Path, lock: Path, directory: Path, note: Callable[[str], None]
) -> PythonEnvironment:
    """What runs a revision.

    Its interpreter is h2h's own where both folders pin the same packages, or the revision pins
    none; otherwise that of a virtual environment, which is kept for all revisions that pin the
    same.

    Args:
        root: The revision's folder.
        like: The folder whose packages h2h's own interpreter has.
        lock: The file that pins packages, from either folder.
        directory: Where environments are kept.
        note: Told in a few words what takes a moment.

    Raises:
        RevisionError: The environment cannot be made.
    """
    pinned = _read(root / lock)
    if pinned is None or pinned == _read(like / lock):
        return PythonEnvironment(root=root)
    digest = hashlib.sha256(pinned + sys.version.encode()).hexdigest()[:16]
    environment = directory / digest
    found = PythonEnvironment(root=root, interpreter=environment / "bin" / "python")
    if (environment / _STAMP).exists():
        return found
    note(f"installing what {lock} of that revision pins")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Two comparisons at once would each remove what the other installs.
    with held(directory / f"{digest}.lock"):
        if not (environment / _STAMP).exists():
            _make(environment, root=root, lock=lock)
    return found


def _make(environment: Path, *, root: Path, lock: Path) -> None:
    shutil.rmtree(environment, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(environment), lock=lock)
    _run(
        *(str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"),
        *("--disable-pip-version-check", "--requirement", str(root / lock)),
        lock=lock,
    )
    (environment / _STAMP).touch()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _run(*command: str, lock: Path) -> None:
    finished = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        lines = (finished.stderr or finished.stdout).strip().splitlines()
        raise RevisionError(
            f"the environment of a revision cannot be made ({lines[-1] if lines else command[0]})",
            fix=f"install what its {lock} pins by hand to see why",
        )
