"""What of a project is served, who says so, and by what."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headtohead.config import Config
from headtohead.errors import StackError
from headtohead.services.django_project import Project
from headtohead.stack.application import (
    Application,
    application_by,
    application_of,
    served_differently,
)
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


ASGI = "shop.asgi:application"
UVICORN = (
    "python -m uvicorn shop.asgi:application --host {host} --port {port} --workers 1 "
    "--no-access-log"
)
DAPHNE = "python -m daphne --bind {host} --port {port} --verbosity 0 shop.asgi:application"


@pytest.mark.parametrize(
    ("said", "interface", "server", "command"),
    [
        # Where there is none for WSGI, with the project's own server, or else with h2h's gunicorn.
        (
            {"wsgi": "", "asgi": ASGI, "servers": ("uvicorn", "gunicorn")},
            "asgi",
            "uvicorn",
            UVICORN,
        ),
        ({"wsgi": "", "asgi": ASGI, "servers": ("daphne",)}, "asgi", "daphne", DAPHNE),
        ({"wsgi": "", "asgi": ASGI, "servers": ("hypercorn",)}, "asgi", "gunicorn", None),
        # Where there are both, by what the project has.
        ({"asgi": ASGI, "servers": ("uvicorn",)}, "asgi", "uvicorn", UVICORN),
        ({"asgi": ASGI, "servers": ("uvicorn", "gunicorn")}, "wsgi", "gunicorn", None),
        ({"asgi": ASGI, "servers": ()}, "wsgi", "gunicorn", None),
        (
            {
                "asgi": ASGI,
                "servers": ("daphne", "gunicorn"),
                "apps": ("daphne.apps.DaphneConfig", "items"),
            },
            "asgi",
            "daphne",
            DAPHNE,
        ),
        ({"asgi": "", "servers": ("uvicorn",)}, "wsgi", "gunicorn", None),
    ],
)
def test_asgi_is_served_where_there_is_no_other_or_the_project_shows_it(
    said, interface, server, command, tmp_path
):
    found = served(tmp_path, **{"asgi_worker": True, **said})
    assert (found.interface, found.server, found.command) == (interface, server, command)
    assert found.name == f"shop.{interface}:application"
    assert found.worker_class == ("asgi" if interface == "asgi" and not command else None)


def test_an_asgi_application_that_is_named_is_served_unless_a_wsgi_one_is(tmp_path):
    named = {"asgi": "its.own:app", "wsgi": "another:app"}
    assert served(tmp_path, named=named).name == "another:app"
    del named["wsgi"]
    found = served(tmp_path, named=named, asgi_worker=True)
    assert (found.name, found.interface) == ("its.own:app", "asgi")
    assert found.known_by == "asgi in [tool.headtohead]"


@pytest.mark.parametrize(
    ("file", "arguments", "interface"),
    [
        ('bind = ":80"\nworker_class = "uvicorn_worker.UvicornWorker"', "", "asgi"),
        ('worker_class = "uvicorn.workers.UvicornH11Worker"', "", "asgi"),
        ("worker_class = 'asgi'", "", "asgi"),
        ("", "-k asgi", "asgi"),
        ("", "--worker-class=asgi", "asgi"),
        ('# worker_class = "uvicorn_worker.UvicornWorker"', "", "wsgi"),
        ('worker_class = "gthread"', "--threads 3", "wsgi"),
    ],
)
def test_a_worker_class_of_the_projects_gunicorn_says_what_is_served(
    file, arguments, interface, tmp_path, monkeypatch
):
    (tmp_path / "gunicorn.conf.py").write_text(file)
    monkeypatch.setenv("GUNICORN_CMD_ARGS", arguments)
    found = served(tmp_path, asgi=ASGI, servers=("gunicorn", "uvicorn"))
    # The worker class is the project's own business.
    assert (found.interface, found.server, found.worker_class, found.command) == (
        interface,
        "gunicorn",
        None,
        None,
    )


def test_a_worker_class_of_a_gunicorn_that_is_not_installed_only_says_what_is_served(tmp_path):
    (tmp_path / "gunicorn.conf.py").write_text('worker_class = "uvicorn_worker.UvicornWorker"')
    found = served(tmp_path, asgi=ASGI, servers=("uvicorn", "waitress"))
    assert found.command == UVICORN


def test_a_gunicorn_that_is_too_old_for_asgi_gets_a_command_to_write(tmp_path):
    with pytest.raises(StackError, match="too old") as raised:
        served(tmp_path, wsgi="", asgi=ASGI, servers=("gunicorn",))
    command = 'start = "uvicorn shop.asgi:application --host {host} --port {port}"'
    assert command in raised.value.fix


def test_a_command_of_the_users_serves_whatever_it_likes(tmp_path):
    found = served(tmp_path, named={"start": "serve {bind}", "wsgi": "its.own:app"}, wsgi="")
    assert (found.name, found.command, found.server) == ("", "serve {bind}", "")


def test_variants_get_the_application_of_their_interface(tmp_path, monkeypatch):
    (tmp_path / "asgi.py").touch()
    said = replace(DESCRIPTION, settings_module="config.settings", servers=("uvicorn",))
    monkeypatch.setattr(Project, "describe", lambda _: said)
    settings, there = stack_settings(Config(root=tmp_path)), project(manage=tmp_path / "manage.py")
    names = {each: application_by(each, settings, there).name for each in ("wsgi", "asgi")}
    assert names == {"wsgi": "shop.wsgi:application", "asgi": "asgi:application"}


def test_sides_that_are_served_by_different_servers_are_told():
    one = Application(name="shop.wsgi:application", known_by="")
    other = replace(one, interface="asgi", server="uvicorn")
    assert served_differently({"base": one, "head": one}) == ""
    assert served_differently({"base": one, "head": other}) == (
        "base by gunicorn (WSGI), head by uvicorn (ASGI): that is a part of what is compared"
    )
