"""Which file of a revision is its lock, and when two revisions lock the same."""

from pathlib import Path

import pytest

from headtohead.revisions.locks import (
    Lock,
    LockFormat,
    declared_options,
    demands_of,
    find_lock,
    pins_everything,
    unmet,
)

NAMES = (
    *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"),
    *("requirements.lock", "requirements.txt"),
)
FORMATS = (LockFormat.UV, LockFormat.POETRY, LockFormat.PDM, LockFormat.PIPENV, LockFormat.PYLOCK)


@pytest.fixture
def root(tmp_path) -> Path:
    """A project below the top of its repository."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def lock(root: Path, *, named: str = "none", installed=(), like: Lock | None = None) -> Lock:
    found = find_lock(root, named=Path(named), installed=installed, like=like)
    assert found
    return found


def test_the_first_that_is_known_is_taken_nearest_to_the_project(root):
    assert find_lock(root, named=Path("none"), installed=()) is None
    forms = (*FORMATS, LockFormat.REQUIREMENTS, LockFormat.REQUIREMENTS)
    for name, form in reversed(list(zip(NAMES, forms, strict=True))):
        (root.parent / name).touch()
        found = lock(root)
        assert (found.name, found.format, found.folder) == (name, form, root.parent)
    (root / "requirements.txt").touch()
    assert lock(root).path == root / "requirements.txt"
    (root / "pylock.prod.toml").touch()
    assert lock(root, named="pylock.prod.toml").format is LockFormat.PYLOCK


def test_of_several_requirements_it_is_the_closest_to_what_is_installed(root):
    write(root, requirements__base="django==5\n", requirements__local="-r base.txt\nsilk==1\n")
    write(root, requirements__prod="-r base.txt\ngunicorn==1 # serves\nsentry-sdk==2\n")
    because = ", the closest of 3 to what is installed"
    for installed, name in {
        ("Django", "silk"): "local",
        ("django", "gunicorn", "sentry_sdk"): "prod",
        ("django",): "base",
    }.items():
        found = lock(root, installed=installed)
        assert found.name == f"requirements/{name}.txt{because}"
        assert (found.path.name, found.folder) == (f"{name}.txt", root)
    prod = lock(root, installed=["django", "gunicorn", "sentry_sdk"])
    assert lock(root, installed=["django"], like=prod).same_as(prod)


def test_one_for_checks_alone_is_passed_over_where_nothing_is_installed(root):
    (root / "requirements").mkdir()
    (root / "requirements" / "lint.txt").write_text("ruff\n")
    (root / "requirements" / "base.txt").write_text("Django\nwhitenoise\n")
    assert lock(root).path.name == "base.txt"


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("requirements.txt", {"requirements.txt": "# all\n-r base.txt\n", "base.txt": "x>=2"}),
        ("pylock.toml", {"pylock.toml": '[[packages]]\nname = "x"\nversion = "2.0"\n'}),
        ("Pipfile.lock", {"Pipfile.lock": '{"default": {"x": {"version": "==2.0"}}}'}),
        ("uv.lock", {"pyproject.toml": '[project]\ndependencies = ["x>=2"]\n'}),
        ("poetry.lock", {"pyproject.toml": '[tool.poetry.dependencies]\nx = "^2"\n'}),
        (
            "pdm.lock",
            {"pyproject.toml": "[project]\ndependencies = [\"x>=2; python_version>'3'\"]\n"},
        ),
    ],
)
def test_what_an_interpreter_lacks_is_told_in_every_format(name, texts, root):
    (root / name).touch()
    for file, text in texts.items():
        (root / file).write_text(text)
    found = lock(root)
    assert unmet(found, root=root, installed={"X": "2.1"}) is None
    assert (unmet(found, root=root, installed={"y": "2.1"}) or "").startswith("x")
    if name in {"requirements.txt", "uv.lock", "pdm.lock"}:
        assert unmet(found, root=root, installed={"x": "1.9"})


def test_files_that_are_included_count_and_none_is_read_twice(root):
    write(root, requirements="-r more.txt\n--constraint=limits.txt\n-r missing.txt\n")
    write(root, more="-r requirements.txt\na==1 \\\n  --hash=sha256:00\n", limits="b<2\n")
    before = lock(root)
    for name, text in {"limits": "b<3\n", "more": "a==2\n", "requirements": "\n"}.items():
        after = lock(root)
        assert after.same_as(lock(root))
        write(root, **{name: text})
        assert not lock(root).same_as(after)
    assert not lock(root).same_as(before)
    assert not before.same_as(None)


def test_a_package_in_a_folder_counts_with_what_it_asks_for_alone(root):
    (root / "lib").mkdir()
    write(root, requirements="-e ./lib[more]\n")
    project = (
        '[project]\nname = "lib"\nversion = "{}"\ndependencies = ["{}"]\n[tool.ruff]\na = {}\n'
    )
    declared = root / "lib" / "pyproject.toml"
    declared.write_text(project.format("1", "a", 1))
    first = lock(root)
    declared.write_text(project.format("2", "a", 2))
    assert lock(root).same_as(first)
    declared.write_text(project.format("2", "b", 2))
    assert not lock(root).same_as(first)


def test_dependencies_in_files_count_where_a_package_says_so(tmp_path):
    def demands(text: str) -> str:
        write(tmp_path, needs=text)
        return demands_of(tmp_path)

    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'lib'\n")
    assert demands("a") == demands("b")
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'lib'\ndynamic = ['dependencies']\n"
        "[tool.setuptools.dynamic]\ndependencies = {file = 'needs.txt'}\n"
    )
    assert demands("a") != demands("b")
    (tmp_path / "setup.py").write_text("1")
    before = demands("a")
    (tmp_path / "setup.py").write_text("2")
    assert demands("a") != before


@pytest.mark.parametrize(
    ("text", "pinned"),
    [
        ("a==1\nb[x]===2 ; python_version > '3'\n-e .\n", True),
        ("a @ https://example.org/a.whl\n./a.whl\n", True),
        ("a==1\nb>=2\n", False),
        ("a\n", False),
        ("-r more.txt\n", False),
    ],
)
def test_whether_versions_are_left_open_is_known(text, pinned, root):
    write(root, requirements=text, more="a~=1.0\n")
    assert pins_everything(lock(root)) is pinned


def test_extras_and_groups_are_those_that_are_installed():
    pyproject = {
        "project": {
            "optional-dependencies": {
                "all": ["A_b>=1", "c ; python_version < '3.12'"],
                "some": ["a-b", "missing"],
                "none": ["c ; python_version < '3'"],
            }
        },
        "dependency-groups": {"dev": [{"include-group": "test"}, "d[x]"], "test": ["missing"]},
    }
    environment = {"python_version": "3.11"}
    found = declared_options(pyproject, installed=["a.b", "c", "d"], environment=environment)
    assert found == (["all"], ["dev"])
    without = declared_options(pyproject, installed=["a-b"], environment=environment)
    assert without == ([], [])
    later = declared_options(pyproject, installed=["a-b"], environment={"python_version": "3.12"})
    assert later == (["all"], [])
