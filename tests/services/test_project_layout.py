"""What a project's files say of it, before anything of them runs."""

import os

import pytest

from headtohead.services.project_layout import changed_at, layout_of, settings_below

MANAGE = """import os
def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}")
"""


@pytest.fixture(autouse=True)
def _unnamed(monkeypatch):
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)


@pytest.mark.parametrize("folder", ["", "src", "backend/server"])
def test_manage_is_found_near_the_root_and_names_the_settings(folder, tmp_path):
    for passed_over in (".venv/lib", "node_modules/x", "a/b/c"):
        (tmp_path / passed_over).mkdir(parents=True)
        (tmp_path / passed_over / "manage.py").write_text(MANAGE.format("wrong.settings"))
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    manage = tmp_path / folder / "manage.py"
    manage.write_text(MANAGE.format("shop.settings"))
    found = layout_of(tmp_path, settings_module=None)
    assert (found.manage, found.folder) == (manage, manage.parent)
    assert found.settings_module == "shop.settings"


def test_settings_that_are_named_go_before_those_of_a_variable_and_of_manage(tmp_path, monkeypatch):
    (tmp_path / "manage.py").write_text(MANAGE.format("shop.settings"))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "shop.local")
    assert layout_of(tmp_path, settings_module=None).settings_module == "shop.local"
    assert layout_of(tmp_path, settings_module="shop.test").settings_module == "shop.test"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".env", "SECRET=x\nDJANGO_SETTINGS_MODULE=shop.settings.base\n"),
        (".env", "export DJANGO_SETTINGS_MODULE = 'shop.settings.base'\n"),
        ("shop/wsgi.py", 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.base")'),
        ("shop/asgi.py", 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.base")'),
    ],
)
def test_where_manage_names_none_the_settings_are_those_of_what_serves(file, text, tmp_path):
    (tmp_path / "manage.py").write_text("load_dotenv()\n")
    (tmp_path / "shop").mkdir()
    (tmp_path / file).write_text(text)
    assert layout_of(tmp_path, settings_module=None).settings_module == "shop.settings.base"
    (tmp_path / "manage.py").write_text(MANAGE.format("shop.settings"))
    assert layout_of(tmp_path, settings_module=None).settings_module == "shop.settings"


def test_settings_that_nobody_names_are_the_only_ones_there_are(tmp_path):
    (tmp_path / "shop" / "settings").mkdir(parents=True)
    for name in ("__init__", "production", "base"):
        (tmp_path / "shop" / "settings" / f"{name}.py").touch()
    assert settings_below(tmp_path) == ["shop.settings.base", "shop.settings.production"]
    assert layout_of(tmp_path, settings_module=None).settings_module == ""
    (tmp_path / "shop" / "settings" / "production.py").unlink()
    assert layout_of(tmp_path, settings_module=None).settings_module == "shop.settings.base"


def test_a_project_without_manage_runs_in_its_own_folder(tmp_path):
    found = layout_of(tmp_path, settings_module=None)
    assert (found.manage, found.folder, found.settings_module) == (None, tmp_path, "")


def test_links_that_lead_nowhere_are_no_change_of_the_project(tmp_path):
    (tmp_path / "shop.py").touch()
    os.utime(tmp_path / "shop.py", (5, 7))
    (tmp_path / ".#shop.py").symlink_to("user@host.1234:5678")
    (tmp_path / "itself.py").symlink_to("itself.py")
    assert changed_at(tmp_path) == 7
