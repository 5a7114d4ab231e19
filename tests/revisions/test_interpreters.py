"""Which Python has a project's packages, with real environments and tools that are scripts."""

import sys
from pathlib import Path

import pytest

from headtohead.errors import ConfigurationError, RevisionError
from headtohead.revisions.interpreters import FoundInterpreter, facts_of, find_interpreter
from tests.revisions.environments import installed, site_packages, virtual_environment

pytestmark = pytest.mark.process
NOWHERE = {"PATH": "/nowhere"}


@pytest.fixture(scope="module")
def with_django(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("with-django")
    virtual_environment(folder)
    return folder


@pytest.fixture
def root(tmp_path) -> Path:
    """A project below the top of its repository."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    project = tmp_path / "repository" / "shop"
    project.mkdir()
    return project


def link(environment: Path, at: Path) -> Path:
    at.symlink_to(environment)
    return at / "bin" / "python"


def script(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def found(root: Path, named: str | None = None, **environment: str) -> FoundInterpreter:
    return find_interpreter(root, named=named, environment={**NOWHERE, **environment})


@pytest.mark.parametrize("absolute", [False, True])
def test_the_one_that_is_named_is_taken_before_any_other(absolute, root, with_django):
    link(with_django, root / ".venv")
    own = link(with_django, root / "own")
    named = str(own) if absolute else "own/bin/python"
    assert found(root, named) == FoundInterpreter(path=own, how="python in [tool.headtohead]")


@pytest.mark.parametrize("named", ["missing/bin/python", ".", "broken"])
def test_a_named_one_that_does_not_run_is_refused(named, root, with_django):
    link(with_django, root / ".venv")
    script(root, "broken", "exit 1")
    with pytest.raises(ConfigurationError) as refused:
        found(root, named)
    assert repr(named) in refused.value.problem
    assert 'python = ".venv/bin/python" in [tool.headtohead]' in refused.value.fix


def test_an_activated_environment_goes_before_the_projects_unless_it_is_h2hs(
    root, with_django, tmp_path
):
    own = link(with_django, root / ".venv")
    activated = link(with_django, tmp_path / "activated")
    assert found(root, VIRTUAL_ENV=str(tmp_path / "activated")) == FoundInterpreter(
        path=activated, how="VIRTUAL_ENV"
    )
    assert found(root, VIRTUAL_ENV=sys.prefix) == FoundInterpreter(path=own, how=".venv")


@pytest.mark.parametrize("name", [".venv", "venv", "env"])
def test_folders_are_looked_at_up_to_the_top_of_the_repository(name, root, with_django):
    outside = root.parents[1] / name
    link(with_django, outside)
    assert found(root).how == "h2h's own Python"
    above = link(with_django, root.parent / name)
    assert found(root) == FoundInterpreter(path=above, how=f"{name} in repository")
    nearer = link(with_django, root / name)
    assert found(root) == FoundInterpreter(path=nearer, how=name)


def test_one_that_cannot_import_django_is_passed_over(root, with_django):
    virtual_environment(root / ".venv", django=None)
    (root / "env").mkdir()
    second = link(with_django, root / "venv")
    assert found(root) == FoundInterpreter(path=second, how="venv")


def test_conda_is_asked_before_path_and_path_before_h2h(root, with_django, tmp_path):
    script(tmp_path / "bin", "python3", f'exec {with_django}/bin/python "$@"')
    on_path = found(root, PATH=str(tmp_path / "bin"))
    # The one that the script leads to.
    assert on_path == FoundInterpreter(
        path=with_django / "bin" / "python", how="python3 on PATH", borrowed=True
    )
    conda = link(with_django, tmp_path / "conda")
    both = found(root, PATH=str(tmp_path / "bin"), CONDA_PREFIX=str(tmp_path / "conda"))
    assert both == FoundInterpreter(path=conda, how="CONDA_PREFIX")
    assert found(root) == FoundInterpreter(
        path=Path(sys.executable), how="h2h's own Python", borrowed=True
    )


@pytest.mark.parametrize(
    ("tool", "asked", "file", "text", "below"),
    [
        ("poetry", "env info --executable", "poetry.lock", "", "/bin/python"),
        (
            "poetry",
            "env info --executable",
            "pyproject.toml",
            "[tool.poetry]\na = 1",
            "/bin/python",
        ),
        ("pipenv", "--py", "Pipfile", "", "/bin/python"),
        ("pdm", "info --python", "pdm.lock", "", "/bin/python"),
        ("hatch", "env find", "hatch.toml", "", ""),
        ("hatch", "env find", "pyproject.toml", "[tool.hatch.envs.default]\na = 1", ""),
    ],
)
def test_a_tool_is_asked_where_the_project_is_one_of_its(
    tool, asked, file, text, below, root, with_django, tmp_path
):
    answer = f'[ "$*" = "{asked}" ] && [ -z "$VIRTUAL_ENV" ] && echo warning && '
    script(tmp_path / "bin", tool, f"{answer} echo {with_django}{below}")
    given = {"PATH": str(tmp_path / "bin"), "VIRTUAL_ENV": sys.prefix}
    assert found(root, **given).how == "h2h's own Python"
    (root.parent / file).write_text(text)
    assert found(root, **given) == FoundInterpreter(
        path=with_django / "bin" / "python", how=f"{tool} {asked}"
    )


def test_where_none_has_django_it_is_told_which_were_tried(root, monkeypatch, tmp_path):
    bare = virtual_environment(tmp_path / "bare", django=None)
    link(tmp_path / "bare", root / ".venv")
    monkeypatch.setattr("sys.executable", str(bare))
    with pytest.raises(ConfigurationError) as refused:
        found(root, CONDA_PREFIX="/nowhere")
    assert "(tried .venv, CONDA_PREFIX, h2h's own Python)" in refused.value.problem
    assert 'python = ".venv/bin/python" in [tool.headtohead]' in refused.value.fix


def test_an_interpreter_tells_what_it_has_from_the_repository_and_nothing_else(tmp_path):
    """Each way to be installed to be edited; the environment is in the repository itself."""
    repository = tmp_path / "repository"
    python = virtual_environment(repository / ".venv")
    folder = site_packages(repository / ".venv")
    libraries = repository / "libs"
    for name in ("path/src", "finder/inner/mapped", "finder/space/part", "editables/redirected"):
        (libraries / name).mkdir(parents=True)
    (libraries / "copied" / "src").mkdir(parents=True)
    (libraries / "built").mkdir()
    (libraries / "finder" / "module.py").touch()
    (folder / "path.pth").write_text(f"{libraries}/path/src\n/\n{tmp_path}\n")
    (folder / "finder.pth").write_text("import __editable___finder\nimport redirects\n")
    (folder / "__editable___finder.py").write_text(
        f"MAPPING = {{'mapped': '{libraries}/finder/inner/mapped',"
        f" 'module': '{libraries}/finder/module.py', 'elsewhere': '/elsewhere',"
        f" 'other': '{libraries}/finder/inner/mapped'}}\n"
        f"NAMESPACES = {{'space': ['{libraries}/finder/space']}}\n"
    )
    (folder / "redirects.py").write_text(
        "import sys\nclass Finder:\n"
        f"    _redirections = {{'redirected': '{libraries}/editables/redirected/__init__.py'}}\n"
        "    find_spec = classmethod(lambda *_: None)\nsys.meta_path.append(Finder)\n"
    )
    installed(repository / ".venv", "path", url=f"file://{libraries}/path")
    installed(repository / ".venv", "copied", url=f"file://{libraries}/copied", editable=False)
    installed(repository / ".venv", "built", url=f"file://{libraries}/built")
    installed(repository / ".venv", "elsewhere", url="file:///elsewhere")
    facts = facts_of(python, repository=repository)
    assert set(facts.folders) == {
        *("libs/path/src", "libs/finder/inner", "libs/finder", "libs/editables"),
        *("libs/copied/src", "libs/built"),
    }
    assert facts.renamed == ("other",)
    assert [*facts.distributions] == ["built", "copied", "elsewhere", "path"]
    assert facts.python == ".".join(map(str, sys.version_info[:3]))
    assert (facts.django, facts.implementation) == ("5.2.99", "CPython")


def test_one_that_cannot_be_asked_is_told_of(tmp_path):
    script(tmp_path, "python", "echo no such library >&2; exit 1")
    with pytest.raises(RevisionError, match="cannot say what it has .no such library.; name the"):
        facts_of(tmp_path / "python", repository=tmp_path)
