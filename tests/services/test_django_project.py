import os
from pathlib import Path
from typing import Any

import pytest

from headtohead.errors import StackError
from headtohead.protocol.isolation import Isolation
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services.django_project import Project
from headtohead.services.project_variables import ProjectVariable

TOLD = (
    ProjectVariable(name="SECRET_KEY", value="{secret}"),
    ProjectVariable(name="SIGNING_KEY", value="v1:{secret}"),
    ProjectVariable(name="HOSTS", value="localhost"),
    ProjectVariable(name="DEMO_PASSWORD", value="for trying out", only_embedded=True),
)


def project(**changes: Any) -> Project:
    return Project(
        **{
            "runs_in": PythonEnvironment(root=Path()),
            "directory": Path(),
            "settings_module": "shop.settings",
            "database_url": "postgresql:///shop",
            "cache_url": "redis://localhost",
            "broker_url": "",
            "memcached_url": "",
            "told": TOLD,
            "secrets": {"SECRET_KEY": "one key", "SIGNING_KEY": "another key"},
            "token": "token",
            "embedded": True,
        }
        | changes
    )


def test_the_project_is_told_what_it_asks_for_and_its_description_shows_no_secret():
    variables = project().variables()
    assert variables["SECRET_KEY"] == "one key"
    assert variables["SIGNING_KEY"] == "v1:another key"
    assert variables["HOSTS"] == "localhost"
    assert "one key" not in repr(project())


def test_a_password_is_known_to_all_only_where_the_database_is_ours(monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    assert project().variables()["DEMO_PASSWORD"] == "for trying out"
    assert "DEMO_PASSWORD" not in project(embedded=False).variables()
    monkeypatch.setenv("DEMO_PASSWORD", "mine")
    for embedded in (True, False):
        assert project(embedded=embedded).variables()["DEMO_PASSWORD"] == "mine"


def test_a_broker_of_the_users_does_not_come_through_where_no_worker_runs(monkeypatch):
    monkeypatch.setenv("BROKER_URL", "redis://mine")
    assert project().variables()["BROKER_URL"] == ""
    assert project(broker_url="redis://ours").variables()["BROKER_URL"] == "redis://ours"


def test_the_projects_own_code_comes_before_any_that_is_installed(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/given")
    runs_in = PythonEnvironment(root=Path("/shop"))
    found = project(runs_in=runs_in).variables()["PYTHONPATH"]
    assert found.split(os.pathsep) == ["/shop/src", "/shop", "/given"]


@pytest.mark.process
def test_rows_are_made_by_no_client_that_may_ask_for_somebodys(tmp_path):
    isolation = tmp_path / "isolation.json"
    isolation.write_text(Isolation(databases={"default": {"NAME": "made"}}).to_json())
    shop = project(isolation=isolation, directory=tmp_path)
    with pytest.raises(StackError, match="`prepare` runs psql, which may write"):
        shop.prepare("sh -c 'psql precious <rows.sql'")
    assert shop.prepare("""python -c 'print("made")'""") == ()
    assert shop.prepare("sh -c 'echo h2h: refused: x >&2'") == (
        "`sh` of `prepare` is no Python: h2h does not see what it writes",
        "refused: x",
    )


def test_a_hook_that_h2h_is_called_from_does_not_lead_the_project_to_its_repository(monkeypatch):
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "a")
    variables = project().variables()
    assert "GIT_DIR" not in variables
    assert variables["GIT_AUTHOR_NAME"] == "a"
