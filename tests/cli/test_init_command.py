"""`init` as a user gives it: in a small project on SQLite that knows nothing of h2h."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import Project
from tests.revisions.repositories import files, git

pytestmark = pytest.mark.stack

MANAGE = """import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
SETTINGS = """from pathlib import Path
FOLDER = Path(__file__).parents[1]
SECRET_KEY = (FOLDER / ".env").read_text()
DEBUG = True
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
INSTALLED_APPS = ["django.contrib.contenttypes"]
CELERY_BROKER_URL = "amqp://clerk:canary@broker.internal//"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "db.sqlite3"}}
"""
URLS = """from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse, JsonResponse
from django.urls import path

DOCUMENT = {"paths": {"/kinds/": {"get": {}}, "/kinds/{id}/": {"get": {}}}}

def kinds(request):
    return JsonResponse([each.model for each in ContentType.objects.all()], safe=False)

urlpatterns = [
    path("openapi.json", lambda request: JsonResponse(DOCUMENT)),
    path("kinds/", kinds),
    path("closed/", lambda request: HttpResponse(status=401 - 201 * (
        request.headers.get("Authorization") == request.COOKIES.get("kept") == "canary"))),
]
"""
WSGI = """from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""
PYPROJECT = '[project]\nname = "shop"\nversion = "1"\n'


@pytest.fixture
def shop() -> Iterator[Project]:
    """A repository of two commits, whose settings want a file that git ignores."""
    with TemporaryDirectory(prefix="h2h-test-") as temporary:
        root = Path(temporary).resolve() / "shop"
        (root / "shop").mkdir(parents=True)
        contents = {
            "manage.py": MANAGE,
            "shop/__init__.py": "",
            "shop/settings.py": SETTINGS,
            "shop/urls.py": URLS,
            "shop/wsgi.py": WSGI,
            "pyproject.toml": PYPROJECT,
            ".gitignore": "__pycache__/\n.env\n*.sqlite3\n",
            ".env": "canary of a secret key\n",
        }
        for name, content in contents.items():
            (root / name).write_text(content, encoding="utf-8")
        git("init", "--quiet", "--initial-branch", "main", root=root)
        for message in ("first", "second"):
            (root / "NOTES").write_text(message, encoding="utf-8")
            git("add", "--all", root=root)
            git("commit", "--quiet", "--message", message, root=root)
        yield Project(root=root, environment={"H2H_PYTHON": sys.executable})


def fill(shop: Project) -> None:
    """Give it a database, in which Django itself makes the rows."""
    subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=shop.root,
        env=shop.variables(),
        check=True,
        capture_output=True,
    )


def test_a_project_gets_a_configuration_that_works(shop):
    fill(shop)
    before = files(shop.root)
    told = shop.h2h("init", "--json")
    assert told.returncode == 0, told.stdout + told.stderr
    record = json.loads(told.stdout)
    found = {each["subject"]: (each["found"], each["standing"]) for each in record["facts"]}
    assert record["path"] == "/kinds/"
    assert found["endpoint"] == ("/kinds/: 200 from both sides", "found")
    assert found["base"][0].startswith("HEAD~1 (")
    assert found["settings"] == ("shop.settings", "found")
    assert found["database"] == ("SQLite, copied from db.sqlite3", "found")
    assert found["DEBUG"] == ("on; it is off on both sides", "found")
    assert found["tasks"] == ("Celery's broker is amqp; tasks are dropped", "found")
    assert found["ignored files"][1] == "added"
    assert found["OpenAPI"] == ("/openapi.json", "offered")

    written = shop.root / "pyproject.toml"
    text = written.read_text(encoding="utf-8")
    assert text.startswith(PYPROJECT)
    assert tomllib.loads(text)["tool"] == {
        "headtohead": {"copy": [".env"], "openapi": "/openapi.json"}
    }
    after = files(shop.root)
    assert {name for name in after | before if before.get(name) != after.get(name)} == {
        "pyproject.toml"
    }
    assert "canary" not in told.stdout + told.stderr + text

    # What was needed is in the file by now, which stays as it is.
    again = shop.h2h("init", "--path", "/kinds/")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "This works: h2h compare --path /kinds/" in again.stdout
    assert written.read_text(encoding="utf-8") == text


def test_what_is_missing_is_told_and_nothing_written(shop):
    """First there are no rows, then nobody is logged in."""
    (shop.root / "pyproject.toml").unlink()
    (shop.root / "shop" / "fixtures").mkdir()
    (shop.root / "shop" / "fixtures" / "demo.json").write_text("[]", encoding="utf-8")
    git("add", "--all", root=shop.root)
    copied = {"H2H_COPY": ".env"}
    told = shop.h2h("init", "--dry-run", **copied)
    assert told.returncode == 2
    assert "missing database" in told.stdout
    assert 'prepare = ["manage.py loaddata demo"]' in told.stdout
    assert "headtohead.toml would get:" in told.stdout
    assert not (shop.root / "db.sqlite3").exists()
    fill(shop)
    closed = shop.h2h("init", "--dry-run", "--path", "/closed/", **copied)
    assert closed.returncode == 2
    assert "/closed/: 401 from both sides" in closed.stdout
    assert 'login = { token_url = "/api/token/", username' in closed.stdout
    sent = ("--header", "Authorization: canary", "--cookie", "kept=canary", "--path", "/closed/")
    let_in = shop.h2h("init", "--dry-run", *sent, **copied)
    assert let_in.returncode == 0
    assert "This works: h2h compare --path /closed/" in let_in.stdout
    assert "canary" not in let_in.stdout + let_in.stderr
    assert not (shop.root / "headtohead.toml").exists()
