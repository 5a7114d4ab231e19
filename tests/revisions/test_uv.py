"""What a process of uv is told: where this machine has packages from, and nothing of ours."""

from pathlib import Path

import pytest

from headtohead.errors import RevisionError
from headtohead.revisions.uv import run_uv, uv_variables

ALWAYS = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}


@pytest.fixture
def machine(tmp_path, monkeypatch) -> dict[str, str]:
    """The environment on a machine on which nothing is configured."""
    monkeypatch.setattr("headtohead.revisions.uv._OF_THE_MACHINE", tmp_path / "etc")
    monkeypatch.setattr("sys.prefix", str(tmp_path / "prefix"))
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_DIRS": str(tmp_path / "xdg"),
        "XDG_CONFIG_HOME": str(tmp_path / "home"),
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text)


def told(machine: dict[str, str], **more: str) -> dict[str, str]:
    """What uv is told beyond what it is always told, and what is passed on as it is."""
    found = uv_variables({**machine, **more})
    assert found.items() >= ALWAYS.items()
    return {name: found[name] for name in found if name not in {*machine, *ALWAYS}}


def test_the_environment_of_h2h_and_its_choices_are_kept_from_uv(machine):
    strangers = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX", "UV_PROJECT")
    strangers += ("UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "UV_LOCKED", "UV_SYSTEM_PYTHON")
    assert told(machine, **dict.fromkeys(strangers, "ours"), LANG="C") == {"LANG": "C"}


def test_interpreters_of_pyenv_stand_in_for_its_shims(machine, tmp_path):
    for version in ("3.10.13", "3.13.0"):
        (tmp_path / "pyenv" / "versions" / version / "bin").mkdir(parents=True)
    shims, others = tmp_path / "pyenv" / "shims", tmp_path / "others" / "shims"
    behind = [str(tmp_path / "pyenv" / "versions" / each / "bin") for each in ("3.13.0", "3.10.13")]
    found = told(machine, PATH=f"/first:{shims}:{others}")
    assert found["PATH"].split(":") == ["/first", *behind, str(others)]


def test_what_pip_is_told_uv_is_told(machine, tmp_path):
    write(
        tmp_path / "xdg" / "pip" / "pip.conf",
        "[global]\nindex-url = http://one/%2F/\nextra-index-url = http://two/\n  http://three/\n"
        "trusted-host = one\n    two\ntimeout = 9\n",
    )
    write(
        tmp_path / "home" / "pip" / "pip.conf",
        "[global]\ntimeout = 7\n[install]\nfind_links = /a /b\n[freeze]\ntimeout = 8\n",
    )
    given = {"PIP_CONSTRAINT": "limits.txt", "PIP_CERT": "ca.pem", "PIP_PROXY": ""}
    found = told(machine, **given)
    assert {name: value for name, value in found.items() if name not in given} == {
        "UV_DEFAULT_INDEX": "http://one/%2F/",
        "UV_INDEX": "http://two/ http://three/",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/a,/b",
        "UV_INSECURE_HOST": "one two",
        "UV_HTTP_TIMEOUT": "7",
        "UV_CONSTRAINT": "limits.txt",
        "SSL_CERT_FILE": "ca.pem",
    }


def test_a_named_file_stands_for_the_users_and_nothing_for_all(machine, tmp_path):
    write(tmp_path / "home" / "pip" / "pip.conf", "[global]\nindex-url = http://user/\n")
    (tmp_path / "named").write_text("[global]\ntimeout = 3\n")
    named = told(machine, PIP_CONFIG_FILE=str(tmp_path / "named"))
    assert (named["UV_HTTP_TIMEOUT"], "UV_DEFAULT_INDEX" in named) == ("3", False)
    assert told(machine, PIP_CONFIG_FILE="/dev/null") == {"PIP_CONFIG_FILE": "/dev/null"}


@pytest.mark.parametrize("variable", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_FIND_LINKS"])
def test_where_uv_is_told_itself_pip_is_not_asked(variable, machine):
    given = {variable: "http://uv/", "PIP_INDEX_URL": "http://pip/"}
    assert told(machine, **given) == given


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ('index-url = "http://uv/"', False),
        ('[[index]]\nurl = "http://uv/"', False),
        ('[pip]\nfind-links = ["a"]', False),
        ('link-mode = "copy"', True),
        ("no toml", True),
    ],
)
def test_a_file_of_uvs_counts_where_it_says_where_packages_are(text, taken, machine, tmp_path):
    write(tmp_path / "home" / "uv" / "uv.toml", text)
    found = told(machine, PIP_INDEX_URL="http://pip/")
    assert found.get("UV_DEFAULT_INDEX") == ("http://pip/" if taken else None)


@pytest.mark.process
def test_what_uv_refuses_is_told_in_one_line_of_ascii(tmp_path):
    with pytest.raises(RevisionError) as refused:
        run_uv("pip", "install", "--offline", "--no-index", "nothing-of-that-name", cwd=tmp_path)
    said = str(refused.value)
    assert said.isascii()
    assert "\n" not in said
    assert "with uv pip install" in refused.value.fix
