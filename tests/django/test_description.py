"""What a project says of itself when it is asked, and that nothing else of it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headtohead.django.description import cache_kind
from headtohead.protocol.project_description import ProjectDescription
from headtohead.services.project_variables import instrumented

SETTINGS = """
import os
print("settings are read")
from pathlib import Path
BASE = Path(__file__).parent
DEBUG = True
FIXTURE_DIRS = [BASE / "more"]
INSTALLED_APPS = ["shop", "django.contrib.auth"]
WSGI_APPLICATION = "shop.wsgi.application"
MEDIA_ROOT = "media"
ALLOWED_HOSTS = ["shop.example"]
SECURE_SSL_REDIRECT = True
REST_FRAMEWORK = {"DEFAULT_THROTTLE_CLASSES": ["x.Throttle"]}
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE / "db.sqlite3"},
    "far": {
        "ENGINE": "django.db.backends.postgresql", "NAME": "far", "USER": "u", "PASSWORD": "a/b",
        "OPTIONS": {"host": "/socket", "port": 5433},
    },
    "none": {"ENGINE": "no.such.backend", "NAME": "x", "TEST": {"MIRROR": "far"}},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache",
                      "LOCATION": ["redis://one/0", "redis://two/0"]}}
"""
MANAGE = """
import os, sys
sys.path.insert(0, "apps")
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
    raise SystemExit("carried out")
"""


@pytest.fixture
def described(tmp_path: Path) -> ProjectDescription:
    package = tmp_path / "apps" / "shop"
    (package / "management" / "commands").mkdir(parents=True)
    (package / "management" / "commands" / "fill.py").write_text("raise ValueError")
    for name in ("fixtures/demo.json", "fixtures/notes.txt", "more/users.yaml"):
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).touch()
    (package / "__init__.py").touch()
    (package / "apps.py").write_text("raise ValueError('an app is loaded')")
    (package / "settings.py").write_text(SETTINGS)
    (tmp_path / "manage.py").write_text(MANAGE)
    printed = answered("description", tmp_path)
    assert printed.startswith("settings are read\n")
    found = ProjectDescription.from_output(printed)
    assert found is not None
    return found


def answered(what: str, root: Path) -> str:
    """What a module prints in the interpreter of the project in a folder."""
    program = f"from headtohead.django.{what} import main; main()"
    finished = subprocess.run(
        [sys.executable, "-c", program, str(root / "manage.py")],
        cwd=root,
        env=instrumented({"PATH": os.environ["PATH"]}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.process
def test_a_project_says_where_its_settings_lead(described, tmp_path):
    package = tmp_path / "apps" / "shop"
    assert described.settings_module == "shop.settings"
    assert described.wsgi == "shop.wsgi:application"
    assert described.databases["default"].vendor == "sqlite"
    assert described.databases["default"].name == str(package / "db.sqlite3")
    far = described.databases["far"]
    assert (far.vendor, far.host, far.port, far.user) == ("postgresql", "/socket", "5433", "u")
    assert far.postgresql_url == "postgresql://u:a%2Fb@/far?host=%2Fsocket&port=5433"
    assert (described.databases["none"].vendor, described.databases["none"].mirrors) == ("", "far")
    assert described.caches["default"].kind == "redis"
    assert described.caches["default"].location == "redis://one/0, redis://two/0"
    assert (described.debug, described.ssl_redirect, described.throttled) == (True, True, True)
    assert described.media_root == str(tmp_path / "media")
    assert described.allowed_hosts == ("shop.example",)
    assert described.commands == ("fill",)
    # Of this environment, beside which h2h brings nothing else.
    assert (described.servers, described.asgi_worker) == (("gunicorn",), True)
    assert described.python == ".".join(map(str, sys.version_info[:3]))


@pytest.mark.parametrize(
    ("backend", "kind"),
    [
        ("django.core.cache.backends.locmem.LocMemCache", "memory"),
        ("django.core.cache.backends.memcached.PyMemcacheCache", "memcached"),
        ("django.core.cache.backends.filebased.FileBasedCache", "files"),
        ("django.core.cache.backends.db.DatabaseCache", "database"),
        ("django.core.cache.backends.dummy.DummyCache", "none"),
        ("django.core.cache.backends.redis.RedisCache", "redis"),
        ("headtohead.django.cache.LocMemCache", "memory"),
        ("headtohead.django.cache.PyMemcacheCache", "memcached"),
        ("django_redis.cache.RedisCache", "redis"),
        ("no.such.Cache", "unknown"),
    ],
)
def test_a_cache_is_of_the_kind_that_its_class_says(backend, kind):
    assert cache_kind(backend) == kind


@pytest.mark.process
def test_fixtures_are_those_that_loaddata_finds(described):
    assert [Path(each).name for each in described.fixtures] == ["demo.json", "users.yaml"]
