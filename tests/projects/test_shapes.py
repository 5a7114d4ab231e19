"""Projects of every shape come up on both sides, with no configuration but what is due."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import Project
from tests.interpreters import own_environment
from tests.processes import processes_of

pytestmark = pytest.mark.revisions

MANAGE = """
import os
import sys
if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}")
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
"""
WSGI = """
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""
SETTINGS = """
import os
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "x"
DEBUG = True
INSTALLED_APPS = ["items"]
ROOT_URLCONF = "items.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
"""
URLS = """
from django.db import connection
from django.http import JsonResponse
from django.urls import path

def items(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM items")
        return JsonResponse({"items": cursor.fetchone()[0], "host": request.get_host()})

urlpatterns = [path("items/", items)]
"""
ENVIRON = """
from urllib.parse import parse_qs, urlsplit
_url = urlsplit(os.environ["DATABASE_URL"])
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": _url.path[1:], "USER": _url.username,
    "HOST": _url.hostname or parse_qs(_url.query).get("host", [""])[0], "PORT": _url.port or "",
}}
"""
CACHES = """
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "files": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "/no"},
    "rows": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cached"},
}
MEDIA_ROOT = "/none/media"
STORAGES = {"staticfiles": {"BACKEND": "no.such.Storage"}}
"""
ASYNC_URLS = (
    "from asgiref.sync import sync_to_async\n"
    + URLS
    + """
answer = items

async def items(request):
    assert request.scope["type"] == "http"
    return await sync_to_async(answer)(request)

urlpatterns = [path("items/", items)]
"""
)
MODEL = """
from django.db import models

class Item(models.Model):
    class Meta:
        db_table = "items"
"""
MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    operations = [migrations.CreateModel(
        "Item", [("id", models.AutoField(primary_key=True))], options={"db_table": "items"}
    )]
"""
MAKE_ROWS = "import django; django.setup(); from django.db import connection as c; "
MAKE_ROWS += "c.cursor().execute('CREATE TABLE items AS SELECT 1 AS id')"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What differs from the plainest of projects.

    Attributes:
        files: Texts by path; a text of None is left out.
        database: Path of its SQLite file; empty for none.
        environment: What its user has in the environment.
    """

    files: dict[str, str | None] = field(default_factory=dict)
    database: str = "db.sqlite3"
    environment: dict[str, str] = field(default_factory=dict)


PLAIN = {
    "manage.py": MANAGE.format("config.settings"),
    "config/__init__.py": "",
    "config/settings.py": SETTINGS,
    "config/wsgi.py": WSGI,
    "items/__init__.py": "",
    "items/urls.py": URLS,
}
SHAPES = {
    "plain": Shape(),
    "in a folder, with rows above it": Shape(
        files={
            **dict.fromkeys(PLAIN),
            **{f"backend/{name}": text for name, text in PLAIN.items()},
            "backend/config/settings.py": SETTINGS.replace(
                'BASE_DIR / "db.sqlite3"', 'BASE_DIR.parent / "data" / "db.sqlite3"'
            ),
            "pyproject.toml": "[project]\nname = 'shop'\n",
            # Git keeps no folder whose files are all ignored.
            "backend/items/urls.py": URLS
            + "from django.conf import settings\n"
            + "(settings.BASE_DIR.parent / 'data' / 'queue').touch()\n",
        },
        database="data/db.sqlite3",
    ),
    "split settings": Shape(
        files={
            "manage.py": MANAGE.format("config.settings.local"),
            "config/settings.py": None,
            "config/settings/__init__.py": "",
            "config/settings/base.py": SETTINGS.replace(".parent.parent", ".parents[2]"),
            "config/settings/local.py": "from config.settings.base import *\n",
        }
    ),
    "an ignored file of variables": Shape(
        files={
            "config/settings.py": SETTINGS
            + 'SECRET_KEY = dict(line.split("=") for line in open(BASE_DIR / ".env"))["KEY"]\n',
            ".env": "KEY=hidden",
            "headtohead.toml": 'copy = [".env"]\n',
        }
    ),
    "DATABASE_URL, which has to be there": Shape(
        files={
            "config/settings.py": SETTINGS + ENVIRON,
            "headtohead.toml": f'prepare = ["""python -c "{MAKE_ROWS}\\""""]\n',
        },
        database="",
    ),
    "DATABASE_URL of somebody's": Shape(
        files={
            "config/settings.py": SETTINGS + ENVIRON,
            "headtohead.toml": f'prepare = ["""python -c "{MAKE_ROWS}\\""""]\n',
        },
        database="",
        environment={"DATABASE_URL": "postgresql://precious@192.0.2.1:5432/precious"},
    ),
    "caches, media and storages of every kind": Shape(
        files={"config/settings.py": SETTINGS + CACHES}
    ),
    "ASGI alone": Shape(
        files={
            "config/wsgi.py": None,
            "config/asgi.py": WSGI.replace("wsgi", "asgi"),
            "items/urls.py": ASYNC_URLS,
        }
    ),
    "fixtures, and no rows": Shape(
        files={
            "items/migrations/__init__.py": "",
            "items/migrations/0001_initial.py": MIGRATION,
            "items/models.py": MODEL,
            "items/fixtures/demo.json": '[{"model": "items.item", "pk": 1, "fields": {}}]',
        },
        database="",
    ),
    "tenants by host": Shape(
        files={
            "config/settings.py": SETTINGS + 'DEBUG = False\nALLOWED_HOSTS = ["one.localhost"]\n',
            "headtohead.toml": 'headers = ["Host: one.localhost"]\n',
        }
    ),
}


@contextmanager
def made(shape: Shape, **environment: str) -> Iterator[Project]:
    with TemporaryDirectory(prefix="h2h-test-") as folder:
        root = Path(folder) / "project"
        for name, text in (PLAIN | shape.files).items():
            if text is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
        if shape.database:
            (root / shape.database).parent.mkdir(exist_ok=True)
            with closing(connect(root / shape.database)) as connection:
                connection.execute("CREATE TABLE items AS SELECT 1 AS id")
                connection.commit()
        (root / ".gitignore").write_text("*.sqlite3\n.env\n__pycache__/\n")
        named = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "a"]):
            subprocess.run([*named, *words], cwd=root, check=True)
        yield Project(root=root, environment={**shape.environment, **environment}, changed=True)
        assert processes_of(root) == []


@pytest.fixture(params=SHAPES.values(), ids=SHAPES)
def project(request: pytest.FixtureRequest) -> Iterator[Project]:
    with made(request.param) as project:
        yield project


def surveyed(project: Project) -> dict[str, str]:
    """What was found, by its subject; both sides answered."""
    completed = project.h2h("init", "--dry-run", "--json")
    said = completed.stdout + completed.stderr
    assert completed.returncode == 0, said
    found = {each["subject"]: each["found"] for each in json.loads(completed.stdout)["facts"]}
    assert "200" in found["endpoint"], said
    return found


def test_both_sides_come_up_and_answer(project):
    surveyed(project)
    # Nothing is written into the project's own folder but h2h's.
    status = subprocess.run(
        ["git", "status", "--porcelain"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert status.stdout == ""
    assert list((project.root / ".h2h" / "revisions").iterdir()) == []
    left = {each.name for each in (project.root / ".h2h" / "scratch").iterdir()}
    assert not {name for name in left if name.startswith(("isolation", "asking", "base", "head"))}


@pytest.mark.nightly
@pytest.mark.parametrize("server", ["uvicorn", "daphne"])
def test_a_server_of_the_projects_own_serves_asgi(server, tmp_path):
    python = own_environment(tmp_path / "venv")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*install, "django", server], check=True)
    with made(SHAPES["ASGI alone"], H2H_PYTHON=str(python)) as project:
        assert surveyed(project)["server"] == f"the project's {server}"
