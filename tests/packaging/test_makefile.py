"""The real make, Python and pip on the real Makefile, in a project that takes no time to set up."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.packaging import checkouts
from tests.waiting import eventually

MAKEFILE = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^([\w-]+):.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE))
FLAGS = {
    target: "TEST_FLAGS" if "pytest" in recipe else "DEMO_FLAGS"
    for target, recipe in RECIPES.items()
    if re.search(r"pytest\W|h2h run", recipe)
}
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "commands"
version = "1"
[project.scripts]
h2h = "commands:main"
pytest = "commands:main"
"""
COMMANDS = """
import os, sys
def main():
    print("called:", *sys.argv[1:])
    sys.exit(int(os.environ["ENDS"]))
"""
# The one that the venv of these tests was made with; a pip for each venv would take seconds.
PYTHON = f"""
[ "$1 $2" != "-m venv" ] || set -- "$@" --without-pip
'{sys._base_executable}' "$@"
"""
# With it, set-up does not end before its input does.
SLOW = f"{PYTHON}[ $1 = -c ] || cat"
TOO_OLD = "exit 1"
WITHOUT_VENV = '[ "$1" = -c ] && echo 3.12 || { echo "${0##*/}" >>tried; exit 1; }'


class Checkout(checkouts.Checkout):
    def start(self, *arguments: str, ends: int = 0) -> subprocess.Popen[str]:
        """Start make, for commands that end like that."""
        environment = {
            "PATH": str(self.tools),
            "ENDS": str(ends),
            # Nothing is fetched: pip and hatchling are those that these tests run with.
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PYTHONPATH": sysconfig.get_path("purelib"),
        }
        return subprocess.Popen(
            ["make", *arguments],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def make(self, *arguments: str, ends: int = 0) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments, ends=ends) as process:
            output, errors = process.communicate()
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def due(self, *arguments: str) -> set[str]:
        """What setting up would do."""
        printed = self.make("--dry-run", "setup", *arguments).stdout
        parts = {"venv": "-m venv ", "lock": "--require-hashes", "project": "--editable ."}
        return {part for part, command in parts.items() if command in printed}

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose lock file names a wheel of the project itself."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "Makefile").write_text(MAKEFILE)
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "commands.py").write_text(COMMANDS)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(build, cwd=folder, capture_output=True, check=True)
    (wheel,) = (folder / "dist").iterdir()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "requirements-dev.lock").write_text(f"./dist/{wheel.name} --hash=sha256:{digest}\n")
    return folder


def check_out(project: Path, parent: Path) -> Checkout:
    checkout = Checkout.within(parent, "awk", "cat", "make", "rm", "sh", "touch")
    shutil.copytree(project, checkout.folder, dirs_exist_ok=True)
    checkout.add("python3", PYTHON)
    return checkout


@pytest.fixture
def fresh(project: Path, tmp_path: Path) -> Checkout:
    """A checkout that is not set up."""
    return check_out(project, tmp_path)


@pytest.fixture(scope="module")
def made(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout that is set up, after a try that was killed, where newer Pythons are no good."""
    checkout = check_out(project, tmp_path_factory.mktemp("made"))
    (checkout.venv / "bin").mkdir(parents=True)
    (checkout.venv / "leftover").touch()
    checkout.add("python3.12", WITHOUT_VENV)
    checkout.add("python3.13", TOO_OLD)
    checkout.add("python3.14", WITHOUT_VENV)
    finished = checkout.make("setup")
    assert finished.returncode == 0, finished.stderr
    return checkout


def test_set_up_begins_anew_with_the_newest_python_that_can(made: Checkout) -> None:
    assert not (made.venv / "leftover").exists()
    assert (made.folder / "tried").read_text().split() == ["python3.14", "python3.12"]


@contextmanager
def away(path: Path) -> Iterator[Path]:
    """Something lies elsewhere for a while."""
    elsewhere = path.rename(path.with_name("elsewhere"))
    try:
        yield elsewhere
    finally:
        elsewhere.rename(path)


@contextmanager
def newer(path: Path) -> Iterator[None]:
    """A copy takes the place of a file for a while."""
    with away(path) as elsewhere:
        path.write_bytes(elsewhere.read_bytes())
        yield


def test_set_up_is_repeated_as_far_as_it_has_to_be(made: Checkout) -> None:
    again = {"venv", "lock", "project"}
    assert made.due() == set()
    assert made.due("PYTHON=python3") == set()
    assert made.due(f"PYTHON={made.add('other', 'echo another')}") == again
    with newer(made.folder / "pyproject.toml"):
        assert made.due() == {"project"}
    with newer(made.folder / "requirements-dev.lock"):
        assert made.due() == again
    with away(made.venv / ".requirements"):
        assert made.due() == again
    with away(made.venv / "bin/python"):
        assert made.due() == again
    with away(made.folder) as moved:
        assert replace(made, folder=moved).due() == again


def test_an_interrupt_leaves_nothing_half_made(fresh: Checkout) -> None:
    fresh.add("python3", SLOW)
    with fresh.start("setup") as process:
        eventually((fresh.venv / "bin").exists, patience=60, pause=0.01)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
    assert process.returncode != 0
    assert not fresh.venv.exists()


def test_a_package_that_is_not_the_locked_one_is_refused(fresh: Checkout) -> None:
    lock = fresh.folder / "requirements-dev.lock"
    lock.write_text(re.sub(r"\w+$", "0" * 64, lock.read_text()))
    finished = fresh.make("setup")
    assert finished.returncode == 2
    assert "DO NOT MATCH THE HASHES" in finished.stderr
    assert "make again" in finished.stderr
    assert not fresh.venv.exists()


def explanation(finished: subprocess.CompletedProcess[str]) -> str:
    """The one line that is said, beside make's own that a recipe failed."""
    assert finished.returncode == 2
    assert finished.stdout == ""
    (line,) = (each for each in finished.stderr.splitlines() if not each.startswith("make: ***"))
    return line


@pytest.mark.parametrize("target", ["setup", "demo", "test"])
def test_without_a_python_one_line_names_the_fix(fresh: Checkout, target: str) -> None:
    (fresh.tools / "python3").unlink()
    assert "fix: sudo apt-get install python3 " in explanation(fresh.make(target))
    fresh.add("python3", WITHOUT_VENV)
    assert explanation(fresh.make(target)).endswith("fix: sudo apt-get install python3.12-venv")
    assert not fresh.venv.exists()


def test_a_python_that_is_too_old_is_refused_and_a_good_venv_left_alone(made: Checkout) -> None:
    old = made.add("old", TOO_OLD)
    assert explanation(made.make("setup", f"PYTHON={old}")).startswith(f"{old} is not Python 3.11 ")
    assert made.due() == set()


@pytest.mark.parametrize("target", FLAGS)
def test_a_target_passes_its_flags_on_and_fails_with_its_command(
    made: Checkout, target: str
) -> None:
    finished = made.make(target, f"{FLAGS[target]}=--some 'two words'", ends=3)
    assert finished.returncode == 2
    calls = [line for line in finished.stdout.splitlines() if line.startswith("called:")]
    assert calls
    assert [call for call in calls if not call.endswith(" --some two words")] == []


def test_clean_removes_nothing_where_the_stack_does_not_stop(made: Checkout) -> None:
    finished = made.make("clean", ends=3)
    assert (finished.returncode, finished.stdout) == (2, "called: down\n")
    assert made.due() == set()


def test_clean_removes_the_venv_and_keeps_results(fresh: Checkout) -> None:
    for name in (".venv", ".h2h", "results"):
        (fresh.folder / name).mkdir()
    assert fresh.make("clean").returncode == 0
    assert {path.name for path in fresh.folder.iterdir()} & {".venv", ".h2h", "results"} == {
        "results"
    }


def test_make_alone_lists_every_target(fresh: Checkout) -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    listed = {line.split()[0] for line in fresh.make().stdout.splitlines()}
    assert listed == set(phony.split()) - {"rebuild"}
