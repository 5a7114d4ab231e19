"""Environments for tests: quick ones without pip, with packages that are written by hand."""

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

PYPROJECT = """
[project]
name = "{name}"
version = "{version}"
requires-python = ">=3.10"
dependencies = [{dependencies}]

[build-system]
requires = ["uv_build"]
build-backend = "uv_build"
"""


def virtual_environment(folder: Path, *, django: str | None = "5.2.99") -> Path:
    """A virtual environment, with a package that says it is Django; its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    if django:
        package = site_packages(folder) / "django"
        package.mkdir()
        (package / "__init__.py").write_text(f"def get_version(): return {django!r}\n")
    return folder / "bin" / "python"


def site_packages(environment: Path) -> Path:
    return environment / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)


def installed(
    environment: Path, name: str, *, url: str | None = None, editable: bool = True
) -> None:
    """Record a package as installed there, from a folder where one is given."""
    folder = site_packages(environment) / f"{name}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    if url:
        direct = f'{{"url": "{url}", "dir_info": {{"editable": {str(editable).lower()}}}}}'
        (folder / "direct_url.json").write_text(direct)


def package(folder: Path, name: str, answer: str, *, dependencies: str = "") -> None:
    """A package of its own folder, in `src`, that uv builds by itself."""
    (folder / "src" / name).mkdir(parents=True, exist_ok=True)
    (folder / "src" / name / "__init__.py").write_text(f"ANSWER = {answer!r}\n")
    (folder / "pyproject.toml").write_text(
        PYPROJECT.format(name=name, version="1.0", dependencies=dependencies)
    )


def wheel(folder: Path, name: str, version: str, *, needs: Sequence[str] = ()) -> Path:
    """A wheel of a package that says its version."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    information = f"{name}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    metadata += [f"Requires-Dist: {each}" for each in needs]
    files = {
        f"{name}.py": f"ANSWER = {version!r}\n",
        f"{information}/METADATA": "\n".join(metadata) + "\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{each},,\n" for each in [*files, f"{information}/RECORD"])
    with ZipFile(path, "w") as file:
        for each, text in {**files, f"{information}/RECORD": record}.items():
            file.writestr(each, text)
    return path
