"""The locks of poetry, pdm and pipenv, as lines that uv installs."""

import json
from pathlib import Path

import pytest

from headtohead.errors import RevisionError
from headtohead.revisions.locked_requirements import locked_requirements
from headtohead.revisions.locks import find_lock

LINUX = {"python_version": "3.11", "python_full_version": "3.11.7", "sys_platform": "linux"}

POETRY = """
[[package]]
name = "Django"
version = "5.2"
python-versions = ">=3.10"
files = [{file = "a", hash = "sha256:bb"}, {file = "b", hash = "sha256:aa"}]
[package.dependencies]
sqlparse = ">=0.3"
tzdata = {version = "*", markers = "sys_platform == \\"win32\\""}
argon2 = {version = ">=19", optional = true}
[package.extras]
argon2 = ["argon2 (>=19)"]

[[package]]
name = "sqlparse"
version = "0.5"
[package.dependencies]
backport = {version = "*", python = "<3.9"}
setuptools = "*"

[[package]]
name = "argon2"
version = "21"

[[package]]
name = "tzdata"
version = "1"

[[package]]
name = "backport"
version = "1"

[[package]]
name = "numbers"
version = "1.0"
python-versions = ">=3.8,<3.10"

[[package]]
name = "numbers"
version = "2.0"
python-versions = ">=3.10"

[[package]]
name = "silk"
version = "4"

[[package]]
name = "docs"
version = "4"

[[package]]
name = "redis"
version = "4"
optional = true
markers = "extra == \\"cache\\" and sys_platform == \\"linux\\" or extra == \\"all\\""

[[package]]
name = "memcached"
version = "4"

[[package]]
name = "shared"
version = "1"
[package.source]
type = "directory"
url = "libs/shared"

[[package]]
name = "forked"
version = "1"
[package.source]
type = "git"
url = "https://example.org/forked.git"
reference = "main"
resolved_reference = "abc"
subdirectory = "below"

[metadata.files]
sqlparse = [{file = "c", hash = "sha256:cc"}]
"""
POETRY_PROJECT = """
[tool.poetry.dependencies]
python = "^3.10"
django = {version = "^5.0", extras = ["argon2"]}
numbers = [{version = "^1", python = "<3.10"}, {version = "^2", python = ">=3.10"}]
shared = {path = "libs/shared", develop = true}
forked = {git = "https://example.org/forked.git"}
redis = {version = "*", optional = true}
memcached = {version = "*", optional = true}
[tool.poetry.extras]
cache = ["redis"]
other = ["memcached"]
[tool.poetry.group.dev.dependencies]
silk = "*"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
docs = "*"
"""
PDM = """
[metadata]
groups = ["default", "dev"]

[[package]]
name = "django"
version = "5.2"
requires_python = ">=3.10"
dependencies = ["sqlparse>=0.3", "tzdata; sys_platform == 'win32'"]
files = [{file = "a", hash = "sha256:aa"}]

[[package]]
name = "django"
version = "5.2"
extras = ["argon2"]
dependencies = ["django==5.2", "argon2>=19"]

[[package]]
name = "argon2"
version = "21"

[[package]]
name = "sqlparse"
version = "0.5"

[[package]]
name = "tzdata"
version = "1"

[[package]]
name = "redis"
version = "5"

[[package]]
name = "shared"
version = "1"
path = "./libs/shared"
editable = true

[[package]]
name = "forked"
version = "1"
git = "https://example.org/forked.git"
ref = "main"
revision = "abc"

[[package]]
name = "silk"
version = "4"

[[package]]
name = "brotli"
version = "1"
"""
PDM_PROJECT = """
[project]
name = "shop"
dependencies = ["django[argon2]>=5", "forked @ git+https://example.org/forked.git"]
[project.optional-dependencies]
cache = ["redis"]
other = ["memcached"]
formats = ["brotli"]
[tool.pdm.dev-dependencies]
dev = ["silk", "Shop[formats]", "-e file:///${PROJECT_ROOT}/libs/shared#egg=shared"]
"""
PIPENV = {
    "default": {
        "django": {
            "version": "==5.2",
            "markers": "python_version >= '3.10'",
            "hashes": ["h:b", "h:a"],
        },
        "uvicorn": {"version": "==1", "extras": ["standard"], "index": "own"},
        "shared": {"path": "./libs/shared", "editable": True},
        "forked": {"git": "https://example.org/forked.git", "ref": "abc"},
        "hosted": {"file": "https://example.org/hosted.whl"},
    },
    "develop": {"silk": {"version": "==4"}, "django": {"version": "==5.2"}},
}


@pytest.fixture
def lines(tmp_path):
    def lines(name: str, text: str, project: str = "", *, installed=(), **environment: str):
        (tmp_path / ".git").mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
        (tmp_path / "pyproject.toml").write_text(project)
        lock = find_lock(tmp_path, named=Path("none"), installed=())
        return locked_requirements(lock, installed=installed, environment={**LINUX, **environment})

    return lines


def test_poetrys_is_followed_from_what_the_project_asks_for(lines):
    expected = {
        "-e ./libs/shared",
        "Django==5.2 --hash=sha256:aa --hash=sha256:bb",
        "argon2==21",
        "forked @ git+https://example.org/forked.git@abc#subdirectory=below",
        "numbers==2.0",
        "silk==4",
        "sqlparse==0.5 --hash=sha256:cc",
    }
    assert set(lines("poetry.lock", POETRY, POETRY_PROJECT)) == expected
    more = lines("poetry.lock", POETRY, POETRY_PROJECT, installed=["Redis", "docs"])
    assert set(more) == expected | {"redis==4", "docs==4"}
    older = {"python_version": "3.8", "python_full_version": "3.8.1", "sys_platform": "win32"}
    old = set(lines("poetry.lock", POETRY, POETRY_PROJECT, **older))
    assert "numbers==1.0" in old
    # Neither Django nor what it needs is for that Python.
    assert not any(each.startswith(("Django", "tzdata", "sqlparse")) for each in old)


def test_poetrys_newer_project_table_and_markers_are_known(lines):
    text = '[[package]]\nname = "{}"\nversion = "1"\nmarkers = "sys_platform == \'{}\'"\n'
    text = text.format("a", "linux") + text.format("b", "win32") + text.format("c", "linux")
    project = '[project]\ndependencies = ["a>=1", "b"]\n[dependency-groups]\ndev = ["c"]\n'
    assert lines("poetry.lock", text, project) == ["a==1", "c==1"]
    optional = project + "[tool.poetry.group.dev]\noptional = true\n"
    assert lines("poetry.lock", text, optional) == ["a==1"]
    assert lines("poetry.lock", text, optional, installed=["c"]) == ["a==1", "c==1"]


def test_a_package_that_is_there_twice_for_one_python_is_chosen_by_version_or_refused(lines):
    text = "".join(f'[[package]]\nname = "a"\nversion = "{each}"\n' for each in (1, 2))
    table = "[tool.poetry.dependencies]\n"
    assert lines("poetry.lock", text, f'{table}a = "^2"\n') == ["a==2"]
    with pytest.raises(RevisionError, match="holds a more than once for Python 3.11.7"):
        lines("poetry.lock", text, f'{table}a = "*"\n')


def test_pdms_is_followed_with_extras_and_groups(lines):
    expected = {
        "-e ./libs/shared",
        "argon2==21",
        "brotli==1",
        "django==5.2 --hash=sha256:aa",
        "forked @ git+https://example.org/forked.git@abc",
        "silk==4",
        "sqlparse==0.5",
    }
    assert set(lines("pdm.lock", PDM, PDM_PROJECT)) == expected
    assert set(lines("pdm.lock", PDM, PDM_PROJECT, installed=["redis"])) == {*expected, "redis==5"}
    windows = lines("pdm.lock", PDM, PDM_PROJECT, sys_platform="win32")
    assert set(windows) == {*expected, "tzdata==1"}


def test_pipenvs_says_all_but_which_of_its_two_lists_is_wanted(lines):
    expected = {
        "-e ./libs/shared",
        "django==5.2 ; python_version >= '3.10' --hash=h:a --hash=h:b",
        "forked @ git+https://example.org/forked.git@abc",
        "hosted @ https://example.org/hosted.whl",
        "uvicorn[standard]==1",
    }
    assert set(lines("Pipfile.lock", json.dumps(PIPENV))) == expected
    with_develop = lines("Pipfile.lock", json.dumps(PIPENV), installed=["silk", "django"])
    assert set(with_develop) == {*expected, "silk==4"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Pipfile.lock", "{"),
        ("Pipfile.lock", '{"default": {"a": {}}}'),
        ("poetry.lock", '[[package]]\nname = "a"\n'),
        ("poetry.lock", "<<<<<<< HEAD\n"),
        ("pdm.lock", '[[package]]\nname = "a"\nversion = "1"\ndependencies = ["?"]\n'),
    ],
)
def test_a_lock_that_cannot_be_read_is_refused_by_its_name(name, text, lines):
    with pytest.raises(RevisionError, match=f"{name} of a revision cannot be read"):
        lines(name, text)
