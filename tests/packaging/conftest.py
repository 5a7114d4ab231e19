"""What the tests of the files around the code share."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def schema_problems() -> Callable[[Path, str], str]:
    """What is wrong with a file, by one of the schemas that check-jsonschema carries along."""

    def problems(path: Path, schema: str) -> str:
        checker = Path(sys.executable).with_name("check-jsonschema")
        checked = subprocess.run(
            [checker, f"--builtin-schema={schema}", path],
            capture_output=True,
            text=True,
            check=False,
        )
        return f"{checked.stdout}{checked.stderr}" if checked.returncode else ""

    return problems


@pytest.fixture(scope="session")
def files(root: Path) -> list[Path]:
    """Every file that is, or is about to be, in git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout")
    names = listed.stdout.rstrip("\0").split("\0")
    return [root / name for name in names if (root / name).is_file()]
