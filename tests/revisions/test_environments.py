"""What runs a revision, with real environments of tiny packages and no index."""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from uv import find_uv_bin

from headtohead.errors import RevisionError
from headtohead.revisions import environment_recipe
from headtohead.revisions.environments import PythonEnvironment, environment_for
from headtohead.revisions.interpreters import FoundInterpreter, InterpreterFacts, facts_of
from tests.revisions.environments import (
    installed,
    package,
    site_packages,
    virtual_environment,
    wheel,
)

pytestmark = pytest.mark.process


@pytest.fixture(scope="session")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("uv-cache")


@pytest.fixture(autouse=True)
def wheels(tmp_path, cache, monkeypatch) -> Path:
    """The only place that packages come from; pip alone is told of it."""
    for name in [each for each in os.environ if each.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    folder = tmp_path / "wheels"
    for version in ("1.0", "2.0"):
        wheel(folder, "answers", version)
        wheel(folder, "asking", version, needs=[f"answers=={version}"])
    (tmp_path / "pip.conf").write_text(f"[global]\nfind-links = {folder}\n")
    monkeypatch.setattr("headtohead.revisions.uv._OF_THE_MACHINE", tmp_path)
    monkeypatch.setenv("XDG_CONFIG_DIRS", "/nowhere")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("UV_CACHE_DIR", str(cache))
    monkeypatch.setenv("UV_OFFLINE", "1")
    return folder


class Sides:
    """A repository, a checkout of an older revision of it, and what was told about both."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head, self.base = path / "head", path / "base"
        for top in (self.head, self.base):
            (top / ".git").mkdir(parents=True)
        self.notes: list[str] = []
        self.python = virtual_environment(self.head / ".venv")

    def write(self, name: str, *, base: str | None, head: str | None) -> None:
        for top, text in ((self.base, base), (self.head, head)):
            if text is not None:
                (top / name).parent.mkdir(parents=True, exist_ok=True)
                (top / name).write_text(text)

    def environment(
        self, side: str = "base", *, project: str = ".", borrowed: bool = False
    ) -> PythonEnvironment:
        return environment_for(
            (self.base if side == "base" else self.head) / project,
            like=self.head / project,
            interpreter=FoundInterpreter(path=self.python, how=".venv", borrowed=borrowed),
            facts=facts_of(self.python, repository=self.head),
            lock=Path("requirements.lock"),
            directory=self.path / "environments",
            note=self.notes.append,
        )


@pytest.fixture
def sides(tmp_path) -> Sides:
    return Sides(tmp_path)


def answer(environment: PythonEnvironment, expression: str = "answers.ANSWER") -> str:
    program = f"import {expression.rpartition('.')[0]}; print({expression})"
    return subprocess.run(
        [environment.interpreter, "-c", program],
        cwd=environment.root,
        env=os.environ | environment.variables(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_the_same_lock_or_none_shares_the_projects_interpreter_and_says_so(sides):
    shared = sides.environment()
    assert (shared.interpreter, shared.shared) == (sides.python, True)
    assert shared.packages == ".venv, as it locks none"
    sides.write("uv.lock", base="version = 1\n", head="version = 1\n")
    shared = sides.environment()
    assert (shared.interpreter, shared.packages) == (sides.python, ".venv, as uv.lock is the same")
    assert sides.notes == [
        "the packages of a revision are those of .venv, as it locks none",
        "the packages of a revision are those of .venv, as uv.lock is the same",
    ]
    assert sides.environment("head").shared
    assert len(sides.notes) == 2


def test_a_project_without_an_environment_gets_one_from_its_lock_for_both_sides(sides):
    sides.write("requirements.txt", base="asking==1.0\n", head="asking==1.0\n")
    base, head = (sides.environment(each, borrowed=True) for each in ("base", "head"))
    assert base.interpreter == head.interpreter != sides.python
    assert (base.shared, base.packages) == (False, "requirements.txt of the revision")
    assert answer(base, "asking.ANSWER") == answer(head, "asking.ANSWER") == "1.0"


def test_a_project_with_neither_environment_nor_lock_gets_what_it_declares(sides):
    declared = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["asking"]\n'
    sides.write("pyproject.toml", base=declared, head=declared)
    made = sides.environment(borrowed=True)
    assert answer(made, "asking.ANSWER") == "2.0"
    assert sides.environment("head", borrowed=True).interpreter == made.interpreter
    assert sides.notes[-1] == "pyproject.toml leaves versions open: the newest are taken"
    assert sides.environment().interpreter == sides.python


def test_what_was_found_in_place_of_one_serves_where_it_has_all_that_is_asked_for(sides):
    installed(sides.head / ".venv", "answers")
    sides.write("requirements.txt", base="answers<2\n", head="answers<2\n")
    assert sides.environment(borrowed=True).interpreter == sides.python
    sides.write("requirements.txt", base="answers>=2\n", head="answers>=2\n")
    assert sides.environment().interpreter == sides.python
    assert answer(sides.environment(borrowed=True)) == "2.0"


@pytest.mark.parametrize("how", ["path", "finder", "copy"])
def test_a_library_of_the_repository_is_the_revisions_own(how, sides):
    """However it is installed: in the working tree's environment it is the working tree's."""
    for top, text in ((sides.base, "old"), (sides.head, "new")):
        package(top / "libs" / "shared", "shared", text)
    folder, library = site_packages(sides.head / ".venv"), sides.head / "libs" / "shared"
    if how == "path":
        (folder / "shared.pth").write_text(f"{library}/src\n")
    elif how == "finder":
        (folder / "shared.pth").write_text("import __editable___shared_finder\n")
        (folder / "__editable___shared_finder.py").write_text(
            "import importlib.util, sys\n"
            f"MAPPING = {{'shared': '{library}/src/shared'}}\n"
            "class Finder:\n"
            "    @staticmethod\n"
            "    def find_spec(name, path=None, target=None):\n"
            "        if name in MAPPING:\n"
            "            file = MAPPING[name] + '/__init__.py'\n"
            "            return importlib.util.spec_from_file_location(name, file)\n"
            "sys.meta_path.append(Finder)\n"
        )
    else:
        shutil.copytree(library / "src" / "shared", folder / "shared")
    installed(sides.head / ".venv", "shared", url=f"file://{library}", editable=how != "copy")
    base, head = sides.environment("base"), sides.environment("head")
    assert base.interpreter == head.interpreter == sides.python
    assert (answer(base, "shared.ANSWER"), answer(head, "shared.ANSWER")) == ("old", "new")
    assert base.local == (sides.base / "libs" / "shared" / "src",)


def test_a_library_that_cannot_be_the_revisions_own_is_told_of(tmp_path, sides):
    shutil.rmtree(sides.head / ".git")
    git = ["git", "-C", str(sides.head)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    package(sides.head / "libs" / "shared", "shared", "new")
    (sides.head / ".gitignore").write_text(".venv\n")
    (sides.head / ".venv" / "src").mkdir()
    folder = site_packages(sides.head / ".venv")
    (folder / "shared.pth").write_text(f"{sides.head}/libs/shared/src\n{sides.head}/.venv/src\n")
    subprocess.run([*git, "add", "--all"], check=True)
    assert sides.environment().local == ()
    assert sides.notes[1:] == [
        "a revision has no libs/shared/src: what imports it gets that of the working tree"
    ]
    (folder / "other.pth").write_text("import __editable___other\n")
    (folder / "__editable___other.py").write_text(
        f"MAPPING = {{'other': '{sides.head}/libs/shared/src/shared'}}\n"
    )
    with pytest.raises(RevisionError, match="the folder of other has another name"):
        sides.environment()


def lock_workspace(top: Path, *, answers: str) -> None:
    """A workspace of a project and a library, with a package from the wheels, locked by uv."""
    package(top / "libs" / "shared", "shared", f"shared with {answers}")
    package(top / "shop", "shop", "shop", dependencies=f'"shared", "answers=={answers}"')
    with (top / "shop" / "pyproject.toml").open("a") as file:
        file.write("[tool.uv.sources]\nshared = { workspace = true }\n")
        file.write('[project.optional-dependencies]\nmore = ["asking"]\nless = ["asking", "no"]\n')
    (top / "pyproject.toml").write_text(
        '[tool.uv.workspace]\nmembers = ["shop", "libs/*"]\n'
        f'[tool.uv]\nfind-links = ["{top.parent}/wheels"]\nno-index = true\n'
    )
    wheel(top.parent / "wheels", "no", "1.0")
    subprocess.run([find_uv_bin(), "lock", "--quiet"], cwd=top, check=True)


def test_a_workspace_locked_by_uv_is_synced_once_and_each_checkout_runs_its_own_code(sides):
    lock_workspace(sides.base, answers="1.0")
    lock_workspace(sides.head, answers="2.0")
    installed(sides.head / ".venv", "asking")
    base = sides.environment(project="shop")
    assert (base.shared, base.packages) == (False, "uv.lock of the revision")
    assert sides.notes == ["installing what uv.lock of that revision asks for"]
    assert answer(base) == "1.0"
    assert answer(base, "shared.ANSWER") == "shared with 1.0"
    # The extra of which all is installed in the project's environment, and no other.
    assert answer(base, "asking.ANSWER") == "1.0"
    assert not list((base.interpreter.parents[1]).rglob("no.py"))
    # Another checkout with the same lock, after the first is gone.
    sides.base.rename(sides.path / "gone")
    sides.base = sides.path / "again"
    shutil.copytree(sides.path / "gone", sides.base)
    package(sides.base / "libs" / "shared", "shared", "again")
    again = sides.environment(project="shop")
    assert again.interpreter == base.interpreter
    assert answer(again, "shared.ANSWER") == "again"
    assert len(sides.notes) == 1
    assert answer(again, "importlib.metadata.version('shared')") == "1.0"


def test_an_environment_is_made_again_where_a_package_of_the_lock_asks_for_more(sides):
    lock_workspace(sides.base, answers="1.0")
    lock_workspace(sides.head, answers="2.0")
    first = sides.environment(project="shop")
    declared = sides.base / "libs" / "shared" / "pyproject.toml"
    declared.write_text(declared.read_text().replace('version = "1.0"', 'version = "1.1"'))
    assert sides.environment(project="shop").interpreter == first.interpreter
    declared.write_text(declared.read_text() + '[project.scripts]\nask = "shared:ask"\n')
    assert sides.environment(project="shop").interpreter != first.interpreter


def test_requirements_count_with_all_that_they_include(sides):
    sides.write("requirements.txt", base="-r base.txt\n", head="-r base.txt\n")
    sides.write("base.txt", base="asking\n-c limits.txt # old\n", head="asking\n-c limits.txt\n")
    sides.write("limits.txt", base="asking<2\n", head="asking<3\n")
    base = sides.environment()
    assert answer(base) == answer(base, "asking.ANSWER") == "1.0"
    assert sides.notes == [
        "installing what requirements.txt of that revision asks for",
        "requirements.txt leaves versions open: the newest are taken",
    ]
    sides.write("base.txt", base="asking\n-c limits.txt\n", head=None)
    sides.write("limits.txt", base="asking<3\n", head=None)
    assert sides.environment().shared


def test_a_package_that_requirements_install_to_be_edited_is_the_checkouts(sides):
    for top, version in ((sides.base, "1.0"), (sides.head, "2.0")):
        package(top / "lib", "lib", version, dependencies=f'"answers=={version}"')
    sides.write("requirements.txt", base="-e ./lib\n", head="-e ./lib\n")
    base = sides.environment()
    assert not base.shared
    assert (answer(base), answer(base, "lib.ANSWER")) == ("1.0", "1.0")
    assert base.local == (sides.base / "lib" / "src",)


def digest_of(wheels: Path, name: str) -> str:
    return hashlib.sha256((wheels / f"{name}-1.0-py3-none-any.whl").read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", ["poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"])
def test_each_other_lock_is_installed_by_uv_with_its_hashes(kind, sides, wheels):
    digest = f"sha256:{digest_of(wheels, 'answers')}"
    project = '[tool.poetry.dependencies]\nanswers = "^1.0"\n'
    project += '[project]\nname = "shop"\nversion = "1"\ndependencies = ["answers"]\n'
    file = wheels / "answers-1.0-py3-none-any.whl"
    text = {
        "poetry.lock": '[[package]]\nname = "answers"\nversion = "1.0"\n'
        f'files = [{{file = "a", hash = "{digest}"}}]\n',
        "pdm.lock": '[[package]]\nname = "answers"\nversion = "1.0"\n'
        f'files = [{{file = "a", hash = "{digest}"}}]\n',
        "Pipfile.lock": json.dumps(
            {"default": {"answers": {"version": "==1.0", "hashes": [digest]}}}
        ),
        "pylock.toml": 'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\n'
        f'name = "answers"\nversion = "1.0"\n[[packages.wheels]]\npath = "{file}"\n'
        f'hashes = {{sha256 = "{digest[7:]}"}}\n',
    }[kind]
    sides.write("pyproject.toml", base=project, head=project)
    sides.write(kind, base=text, head="")
    base = sides.environment()
    assert (answer(base), base.packages) == ("1.0", f"{kind} of the revision")
    sides.write(kind, base=text.replace(digest[7:], "0" * 64), head=None)
    with pytest.raises(RevisionError, match="environment of a revision cannot be made") as refused:
        sides.environment()
    assert "\n" not in str(refused.value)
    assert "ash" in refused.value.problem


def test_an_environment_whose_making_was_interrupted_is_made_again(sides, monkeypatch):
    sides.write("requirements.txt", base="answers==1.0\n", head="answers==2.0\n")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(environment_recipe, "facts_of", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sides.environment()
    (left,) = (each for each in (sides.path / "environments").iterdir() if each.is_dir())
    (left / "bin" / "python").unlink()
    assert answer(sides.environment()) == "1.0"
    assert sides.notes == ["installing what requirements.txt of that revision asks for"] * 2


def test_an_environment_with_a_package_under_another_name_is_refused_and_not_kept(
    sides, monkeypatch
):
    sides.write("requirements.txt", base="answers==1.0\n", head="answers==2.0\n")

    def renamed(python: Path, **given: Path) -> InterpreterFacts:
        return replace(facts_of(python, **given), renamed=("other",))

    monkeypatch.setattr(environment_recipe, "facts_of", renamed)
    for _ in range(2):
        with pytest.raises(RevisionError, match="the folder of other has another name"):
            sides.environment()


def test_a_revision_that_asks_for_another_python_is_not_run_by_the_projects(sides):
    sides.write("requirements.txt", base="answers==1.0\n", head="answers==2.0\n")
    asked = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.99"\n'
    sides.write("pyproject.toml", base=asked, head="")
    with pytest.raises(RevisionError, match="3.99"):
        sides.environment()
    sides.write("pyproject.toml", base="", head=None)
    sides.write(".python-version", base="3.98\n", head=None)
    with pytest.raises(RevisionError, match="3.98"):
        sides.environment()
    assert not (sides.path / "environments").exists()
    sides.write(".python-version", base=None, head="3.98\n")
    assert answer(sides.environment()) == "1.0"
    # Where the project has none, nobody has chosen another one than it asks for.
    with pytest.raises(RevisionError, match="3.98"):
        sides.environment(borrowed=True)
