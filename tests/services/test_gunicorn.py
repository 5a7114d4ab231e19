"""What is started to serve a project, by gunicorn or by a command of its own."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from headtohead.errors import ConfigurationError, StackError
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services import gunicorn
from headtohead.services.django_project import Project
from headtohead.services.gunicorn import GunicornSettings


@pytest.fixture
def started(tmp_path, monkeypatch):
    """What would be started: the words of its command, and its variables."""
    found: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(
        gunicorn.processes,
        "spawn",
        lambda words, *, environment, **_: found.append((list(map(str, words)), environment)),
    )
    project = Project(
        runs_in=PythonEnvironment(root=tmp_path, interpreter=Path(sys.executable)),
        directory=tmp_path,
        settings_module="shop.settings",
        database_url="",
        cache_url="",
        broker_url="",
        memcached_url="",
        token="",
        embedded=True,
    )
    serving = GunicornSettings(
        name="API",
        application="shop.wsgi:application",
        config=None,
        workers=2,
        port=0,
        health=None,
        log=tmp_path / "api.log",
        metrics=tmp_path / "metrics",
    )

    def start(**changes: object) -> tuple[list[str], dict[str, str]]:
        replace(serving, **changes).start(project, environment={})
        return found[-1]

    return start


def test_a_command_is_told_where_to_listen_in_its_own_words(started):
    words, variables = started(command="python -m serve '--at={host}' {port} {bind}", port=8123)
    assert words == [sys.executable, "-m", "serve", "--at=127.0.0.1", "8123", "127.0.0.1:8123"]
    # Programs of the project's environment come first.
    assert variables["PATH"].startswith(str(Path(sys.executable).parent))


@pytest.mark.parametrize("command", ["serve", "serve '{bind}", "serve {bind"])
def test_a_command_that_cannot_work_is_told(command, started):
    with pytest.raises(ConfigurationError):
        started(command=command)


def test_a_program_that_is_not_there_is_told(started):
    with pytest.raises(StackError, match="no program 'absent'"):
        started(command="absent {bind}")


def test_the_projects_own_configuration_of_gunicorn_holds(started, tmp_path, monkeypatch):
    assert started()[1]["H2H_GUNICORN_CONFIG"] == ""
    (tmp_path / "gunicorn.conf.py").touch()
    monkeypatch.setenv(
        "GUNICORN_CMD_ARGS",
        "--reload --threads=3 --max-requests 5 --max-requests-jitter=2 -t 9 --reload-engine poll",
    )
    words, variables = started()
    assert variables["H2H_GUNICORN_CONFIG"] == str(tmp_path / "gunicorn.conf.py")
    assert words[words.index("--workers") + 1] == "2"
    assert variables["GUNICORN_CMD_ARGS"] == "--threads=3 -t 9"
    assert "--worker-class=asgi" not in words
    asgi = ("--worker-class=asgi", "--threads=1", "shop.wsgi:application")
    assert tuple(started(worker_class="asgi")[0][-3:]) == asgi
    assert started(config="other.py")[1]["H2H_GUNICORN_CONFIG"] == str(tmp_path / "other.py")
