"""What CONTRIBUTING.md promises about adding an experiment, followed to the letter."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Project

pytestmark = [pytest.mark.nightly, pytest.mark.stack]

EXPERIMENT = re.compile(r"<!-- experiment: (.*?) -->\n```python\n(.*?)```", re.DOTALL)
# What `make sync` gives, by the Python of this session.
SYNC = (
    ("-m", "headtohead", "check", "--update"),
    ("-m", "headtohead", "dashboards", "build"),
    ("docs/build.py",),
)
CONCERNED = ("tests/docs", "tests/contracts/test_experiments.py", "tests/dashboards/test_build.py")
GENERATED = ("app/experiments/queries.json", "dashboards/generated/", "docs/experiments.md")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone with the working tree's files."""
    folder = tmp_path / "checkout"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in names.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    commit = ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty")
    for arguments in (("add", "--all"), (*commit, "--message", "As it is")):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def python(folder: Path, *arguments: str) -> None:
    finished = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**Project(root=folder).variables(), "PYTHONPATH": f"{folder / 'src'}:{folder}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_an_experiment_is_one_file_and_one_command(checkout: Path) -> None:
    found = EXPERIMENT.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    (checkout / found[1]).write_text(found[2], encoding="utf-8")
    for command in SYNC:
        python(checkout, *command)
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=checkout, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    others = {line[3:] for line in changed} - {found[1]}
    assert all(name.startswith(GENERATED) for name in others), others
    python(checkout, "-m", "pytest", "-q", "-n0", "-m", "not nightly and not stack", *CONCERNED)
