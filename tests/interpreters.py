"""The Pythons of this machine, and environments of them that have Django and nothing of h2h's."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
# Names more of them than PATH has, one after the other as PATH does.
VARIABLE = "H2H_TEST_PYTHONS"
# What a Django project has at least, Django's own requirements included, on any of these versions.
DJANGO = ("django", "asgiref", "sqlparse", "typing_extensions")
ABOUT = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"


@cache
def interpreters() -> Mapping[str, Path]:
    """A Python for each version, as far as this machine has them."""
    found: dict[str, Path] = {}
    for program in _candidates():
        # What PATH has may be no more than a script that knows of none.
        told = subprocess.run([program, "-c", ABOUT], capture_output=True, text=True, check=False)
        if told.returncode == 0:
            version, _, path = told.stdout.strip().partition(" ")
            found.setdefault(version, Path(path))
    return found


def _candidates() -> Iterator[str]:
    yield sys.executable
    yield from filter(None, os.environ.get(VARIABLE, "").split(os.pathsep))
    uv = shutil.which("uv")
    for version in VERSIONS:
        found = shutil.which(f"python{version}")
        if found:
            yield found
        if uv:
            command = [uv, "python", "find", "--no-python-downloads", version]
            told = subprocess.run(command, capture_output=True, text=True, check=False)
            if told.returncode == 0:
                yield told.stdout.strip()


def required_interpreter(version: str) -> Path:
    """The Python of that version; skips the test where this machine has none."""
    if version not in interpreters():
        pytest.skip(f"there is no Python {version} on PATH, nor in {VARIABLE}")
    return interpreters()[version]


def own_environment(
    folder: Path, *, interpreter: Path = Path(sys.executable), packages: Sequence[str] = ()
) -> Path:
    """The Python of a new environment that has packages of ours, which must need no compiler."""
    subprocess.run([interpreter, "-m", "venv", "--without-pip", folder], check=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    for package in packages:
        found = find_spec(package)
        assert found is not None
        assert found.origin is not None
        origin = Path(found.origin)
        source = origin.parent if found.submodule_search_locations else origin
        (site_packages / source.name).symlink_to(source)
    return folder / "bin" / "python"


def printed(
    python: Path, *arguments: str, folder: Path, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """What a Python prints that knows of no other environment variables."""
    return subprocess.run(
        [python, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def told(python: Path, *arguments: str, folder: Path, **environment: str):
    """The JSON that a Python prints, and nothing else."""
    finished = printed(python, *arguments, folder=folder, **environment)
    assert (finished.returncode, finished.stderr) == (0, "")
    return json.loads(finished.stdout)
