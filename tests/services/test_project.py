from pathlib import Path
from typing import Any

from headtohead.services.project import DEMO_PASSWORD, Project


def project(**changes: Any) -> Project:
    return Project(
        **{
            "root": Path(),
            "directory": Path(),
            "settings_module": "shop.settings",
            "database_url": "postgresql:///shop",
            "cache_url": "redis://localhost",
            "broker_url": "",
            "memcached_url": "",
            "secret_key": "one key",
            "signing_key": "another key",
            "token": "token",
            "embedded": True,
        }
        | changes
    )


def test_the_project_is_told_two_keys_that_its_description_does_not_show():
    environment = project().environment()
    assert environment["DJANGO_SECRET_KEY"] == "one key"
    assert environment["JWT_SIGNING_KEY"] == "another key"
    assert "key'" not in repr(project())


def test_a_password_is_known_to_all_only_where_the_database_is_ours(monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    assert project().environment()["DEMO_PASSWORD"] == DEMO_PASSWORD
    assert "DEMO_PASSWORD" not in project(embedded=False).environment()
    monkeypatch.setenv("DEMO_PASSWORD", "mine")
    for embedded in (True, False):
        assert project(embedded=embedded).environment()["DEMO_PASSWORD"] == "mine"


def test_a_broker_of_the_users_does_not_come_through_where_no_worker_runs(monkeypatch):
    monkeypatch.setenv("BROKER_URL", "redis://mine")
    assert project().environment()["BROKER_URL"] == ""
    assert project(broker_url="redis://ours").environment()["BROKER_URL"] == "redis://ours"
