"""Who says what of a project is served, and who comes first."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headtohead.config import Config
from headtohead.errors import StackError
from headtohead.services.django_project import Project
from headtohead.stack.application import Application, application_of
from headtohead.stack.settings import stack_settings
from tests.init.samples import DESCRIPTION
from tests.services.test_django_project import project


def served(root: Path, *, named: dict[str, str] | None = None, **said: Any) -> Application:
    """What is served of a project in that folder whose settings say this."""
    return application_of(
        stack_settings(Config(root=root, **(named or {}))),
        project(manage=root / "manage.py"),
        replace(DESCRIPTION, settings_module="config.settings.local", **said),
    )


@pytest.mark.parametrize(
    ("place", "application"),
    [
        ("config/settings/wsgi.py", "config.settings.wsgi:application"),
        ("config/wsgi.py", "config.wsgi:application"),
        ("wsgi.py", "wsgi:application"),
    ],
)
def test_an_application_that_nobody_names_is_the_one_nearest_to_the_settings(
    place, application, tmp_path
):
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).touch()
    assert served(tmp_path, wsgi="").name == application


def test_the_user_comes_before_the_project_and_the_project_before_its_files(tmp_path):
    # As a project has it whose manage.py names other settings than those it is served with.
    (tmp_path / "manage.py").write_text("'DJANGO_SETTINGS_MODULE', 'config.settings.local'")
    (tmp_path / "wsgi.py").touch()
    by_user = served(tmp_path, named={"wsgi": "its.own:app"}, wsgi="shop.wsgi:application")
    by_project = served(tmp_path, wsgi="shop.wsgi:application")
    assert [(each.name, each.known_by) for each in (by_user, by_project)] == [
        ("its.own:app", "wsgi in [tool.headtohead]"),
        ("shop.wsgi:application", "WSGI_APPLICATION"),
    ]


def test_a_project_is_not_asked_for_what_its_user_says(tmp_path, monkeypatch):
    monkeypatch.setattr(Project, "describe", lambda _: pytest.fail("it is asked"))
    settings = stack_settings(Config(root=tmp_path, wsgi="its.own:app"))
    assert application_of(settings, project()).name == "its.own:app"


def test_a_project_that_has_none_gets_the_line_to_add(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "wsgi.py").touch()
    with pytest.raises(StackError, match="no WSGI application") as raised:
        served(tmp_path, wsgi="")
    assert 'wsgi = "shop.wsgi:application"' in raised.value.fix
