"""The real make on the real Makefile; the Pythons it finds are scripts, so nothing is installed."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

# All that the Makefile and the scripts below may use: no Python of this machine is found by chance.
TOOLS = ("awk", "cat", "chmod", "cp", "make", "mkdir", "rm", "sh", "touch")

# A Python that works: its venv holds a copy of itself, and what it is asked to do is logged.
PYTHON = """\
#!/bin/sh
case "$*" in
"-c "*version_info*) {probe} ;;
"-c "*base_prefix*) echo "{version}" ;;
"-m venv "*)
    echo "{version} $*" >>calls
    mkdir -p .venv/bin
    {venv}
    cp "$0" .venv/bin/python
    for tool in h2h pytest; do
        printf '#!/bin/sh\\necho "%s $*" >>calls\\nexit 3\\n' "$tool" >.venv/bin/$tool
        chmod +x .venv/bin/$tool
    done ;;
"-m pip "*) echo "pip $*" >>calls; {pip} ;;
*) echo "unexpected: $*" >>calls; exit 9 ;;
esac
"""

# What pyenv leaves on PATH for a version that is not switched on.
SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"


def python(version: str, *, new: bool = True, venv: str = ":", pip: str = ":") -> str:
    """A script that behaves like that Python, with shell commands run in the place of its parts."""
    probe = f'echo "{version}"' if new else "exit 1"
    return PYTHON.format(version=version, probe=probe, venv=venv, pip=pip)


@dataclass
class Checkout:
    """A checkout, with a PATH of its own."""

    folder: Path
    tools: Path

    def add(self, name: str, script: str) -> Path:
        path = self.tools / name
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)
        return path

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", *arguments],
            cwd=self.folder,
            env={"PATH": str(self.tools)},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """What the Pythons and tools were asked to do since the last look."""
        log = self.folder / "calls"
        calls = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return calls

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Checkout:
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements-dev.lock"):
        shutil.copy(root / name, folder)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or f"{name} is needed")
    return Checkout(folder=folder, tools=tools)


PIP = "pip -m pip install -qq --no-input --disable-pip-version-check"
INSTALL = [
    f"{PIP} --require-hashes --requirement requirements-dev.lock",
    f"{PIP} --no-deps --no-build-isolation --editable .",
]
PYTEST = "pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder"


def test_set_up_makes_a_venv_and_installs_by_hash(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    assert checkout.make("setup").returncode == 0
    assert checkout.calls() == ["3.11 -m venv .venv", *INSTALL]


def test_a_finished_set_up_is_not_repeated(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    checkout.make("setup")
    checkout.calls()
    assert checkout.make("setup").returncode == 0
    assert checkout.calls() == []


def test_a_newer_lock_file_makes_the_venv_anew(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    checkout.make("setup")
    checkout.calls()
    (checkout.venv / "leftover").touch()
    set_newer(checkout.folder / "requirements-dev.lock", than=checkout.venv / ".project")
    checkout.make("setup")
    assert checkout.calls() == ["3.11 -m venv .venv", *INSTALL]
    assert not (checkout.venv / "leftover").exists()


def test_a_newer_pyproject_installs_the_project_alone(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    checkout.make("setup")
    checkout.calls()
    set_newer(checkout.folder / "pyproject.toml", than=checkout.venv / ".project")
    checkout.make("setup")
    assert checkout.calls() == INSTALL[1:]


def set_newer(path: Path, *, than: Path) -> None:
    later = than.stat().st_mtime + 10
    os.utime(path, (later, later))


def test_an_interrupted_set_up_is_made_anew(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    (checkout.venv / "bin").mkdir(parents=True)
    (checkout.venv / "leftover").touch()
    checkout.make("setup")
    assert checkout.calls() == ["3.11 -m venv .venv", *INSTALL]
    assert not (checkout.venv / "leftover").exists()


def test_a_moved_checkout_gets_a_venv_of_its_own(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    checkout.make("setup")
    checkout.calls()
    checkout.folder = checkout.folder.rename(checkout.folder.with_name("moved"))
    checkout.make("setup")
    assert checkout.calls() == ["3.11 -m venv .venv", *INSTALL]


def test_a_venv_that_lost_its_python_is_made_anew(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    checkout.make("setup")
    checkout.calls()
    (checkout.venv / "bin/python").unlink()
    checkout.make("setup")
    assert checkout.calls() == ["3.11 -m venv .venv", *INSTALL]


def test_another_python_asked_for_makes_the_venv_anew_and_then_stays(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    other = checkout.add("other", python("3.13"))
    checkout.make("setup")
    checkout.calls()
    checkout.make("setup", f"PYTHON={other}")
    assert checkout.calls() == ["3.13 -m venv .venv", *INSTALL]
    checkout.make("setup")
    checkout.make("setup", f"PYTHON={other}")
    assert checkout.calls() == []


def test_the_newest_python_is_preferred(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    checkout.add("python3.12", python("3.12"))
    checkout.add("python3.13", python("3.13"))
    checkout.make("setup")
    assert checkout.calls()[0] == "3.13 -m venv .venv"


def test_pythons_that_cannot_do_it_are_passed_over(checkout: Checkout) -> None:
    checkout.add("python3.14", SHIM)
    checkout.add("python3.13", python("3.13", venv="exit 1"))
    checkout.add("python3.12", python("3.12", new=False))
    checkout.add("python3", python("3.11"))
    assert checkout.make("setup").returncode == 0
    assert checkout.calls() == ["3.13 -m venv .venv", "3.11 -m venv .venv", *INSTALL]


def explanation(finished: subprocess.CompletedProcess[str]) -> str:
    """The one line that is said, beside make's own that a recipe failed."""
    lines = [line for line in finished.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(lines) == 1, finished.stderr
    assert finished.stdout == ""
    return lines[0]


@pytest.mark.parametrize("target", ["setup", "demo", "test"])
def test_without_a_python_one_line_names_the_fix(checkout: Checkout, target: str) -> None:
    finished = checkout.make(target)
    assert finished.returncode != 0
    assert explanation(finished) == (
        "there is no Python 3.11 or newer; "
        "fix: sudo apt-get install python3 python3-venv, or make PYTHON=/path/to/python3"
    )
    assert not checkout.venv.exists()


def test_a_python_that_is_too_old_is_refused_in_one_line(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    old = checkout.add("old", python("3.10", new=False))
    finished = checkout.make("setup", f"PYTHON={old}")
    assert finished.returncode != 0
    assert explanation(finished).startswith(f"{old} is not Python 3.11 or newer; fix: ")
    assert not checkout.venv.exists()


def test_a_python_that_is_too_old_leaves_a_good_venv_alone(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    old = checkout.add("old", python("3.10", new=False))
    checkout.make("setup")
    checkout.calls()
    assert checkout.make("setup", f"PYTHON={old}").returncode != 0
    assert checkout.make("setup").returncode == 0
    assert checkout.calls() == []


def test_a_python_without_its_venv_module_is_refused_with_the_package_it_lacks(
    checkout: Checkout,
) -> None:
    checkout.add("python3", python("3.12", venv="echo 'no ensurepip'; exit 1"))
    finished = checkout.make("setup")
    assert finished.returncode != 0
    assert explanation(finished) == (
        "python3 cannot make a virtual environment; fix: sudo apt-get install python3.12-venv"
    )
    assert not checkout.venv.exists()


def test_a_failed_installation_leaves_no_venv_and_what_pip_said(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11", pip="echo 'hashes differ' >&2; exit 1"))
    finished = checkout.make("setup")
    assert finished.returncode != 0
    assert "hashes differ" in finished.stderr
    assert "make again" in finished.stderr
    assert not checkout.venv.exists()


@pytest.mark.parametrize(
    ("command", "call"),
    [
        (("demo", "DEMO_FLAGS=--budget 3"), "h2h run --budget 3"),
        (("test", "TEST_FLAGS=-k name"), f"{PYTEST} -k name"),
        (("unit",), f"{PYTEST} -m not stack and not load and not browser and not revisions"),
    ],
)
def test_targets_pass_flags_on_and_fail_with_their_command(
    checkout: Checkout, command: tuple[str, ...], call: str
) -> None:
    checkout.add("python3", python("3.11"))
    checkout.make("setup")
    checkout.calls()
    finished = checkout.make(*command)
    assert checkout.calls() == [call]
    assert finished.returncode == 2
    assert re.search(r"Error 3$", finished.stderr)


def test_clean_stops_the_stack_before_it_removes_its_data(checkout: Checkout) -> None:
    checkout.add("python3", python("3.11"))
    checkout.make("setup")
    checkout.calls()
    (checkout.folder / ".h2h").mkdir()
    assert checkout.make("clean").returncode != 0
    assert checkout.calls() == ["h2h down"]
    assert (checkout.folder / ".h2h").exists()


def test_clean_removes_the_venv_and_keeps_results(checkout: Checkout) -> None:
    (checkout.folder / "results").mkdir()
    checkout.venv.mkdir()
    assert checkout.make("clean").returncode == 0
    assert not checkout.venv.exists()
    assert (checkout.folder / "results").exists()


def test_make_alone_lists_every_target(checkout: Checkout) -> None:
    makefile = (checkout.folder / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    listed = [line.split()[0] for line in checkout.make().stdout.splitlines()]
    assert set(listed) == set(phony.split()) - {"rebuild"}


def test_no_index_is_named(root: Path) -> None:
    assert "index-url " not in (root / "Makefile").read_text().replace("--no-emit-index-url ", "")
