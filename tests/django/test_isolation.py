"""What a project may do while h2h runs it, and what its settings lead to: in processes of its own.

An audit hook stays for as long as its process, so none is ever added to that of the tests.
"""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db.backends.signals import connection_created

from headtohead.django.isolation import replace_settings
from headtohead.protocol.isolation import REFUSED, REMARK, STRANGERS, VARIABLE, Isolation
from headtohead.services.project_variables import instrumented

PRELUDE = """
import json, os, shutil, socket, sqlite3, subprocess, sys
from django.conf import settings
settings.configure(DATABASES={}, CACHES={}, **{})
made, precious = sys.argv[1:]
"""


@pytest.fixture
def folders(tmp_path) -> tuple[Path, Path]:
    """One that h2h made, and one that somebody values, with a file and a link to it."""
    made, precious = tmp_path / "made", tmp_path / "precious"
    for each in (made, precious):
        each.mkdir()
        (each / "file").write_text("as it was")
        (each / "folder").mkdir()
        with sqlite3.connect(each / "rows.sqlite3") as connection:
            connection.execute("CREATE TABLE item (id)")
        connection.close()
    (made / "link").symlink_to(precious / "file")
    return made, precious


def state(folder: Path) -> dict[str, object]:
    return {
        str(each.relative_to(folder)): (
            each.lstat().st_mode,
            each.lstat().st_mtime_ns,
            each.read_bytes() if each.is_file() else None,
        )
        for each in sorted(folder.rglob("*"))
    }


def run(
    code: str, folders: tuple[Path, Path], *, isolation: Isolation, tmp_path: Path, **more: str
) -> "subprocess.CompletedProcess[str]":
    file = tmp_path / "isolation.json"
    file.write_text(isolation.to_json())
    variables = instrumented({"PATH": os.environ["PATH"], VARIABLE: str(file), **more})
    return subprocess.run(
        [sys.executable, "-c", PRELUDE + code, *map(str, folders)],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


HARMFUL = {
    "write": "open(precious + '/file', 'w')",
    "append": "open(precious + '/file', 'a')",
    "update": "open(precious + '/file', 'r+')",
    "create": "open(precious + '/new', 'x')",
    "through a link": "open(made + '/link', 'w')",
    "by a relative path": "os.chdir(precious); open('file', 'w')",
    "low level": "os.open(precious + '/file', os.O_WRONLY)",
    "low level in a folder": "os.chdir(made)\n"
    "os.open('file', os.O_WRONLY | os.O_TRUNC, dir_fd=os.open(precious, os.O_RDONLY))",
    "bytes": "os.remove(os.fsencode(precious + '/file'))",
    "remove": "os.remove(precious + '/file')",
    "remove by folder": "os.remove('file', dir_fd=os.open(precious, os.O_RDONLY))",
    "remove all": "shutil.rmtree(precious)",
    "move away": "os.rename(precious + '/file', made + '/moved')",
    "move there": "os.replace(made + '/file', precious + '/file')",
    "truncate": "os.truncate(precious + '/file', 0)",
    "make a folder": "os.mkdir(precious + '/more')",
    "remove a folder": "os.rmdir(precious + '/folder')",
    "link there": "os.symlink('/dev/null', precious + '/null')",
    "hard link": "os.link(precious + '/file', made + '/hard')",
    "rights": "os.chmod(precious + '/file', 0o777)",
    "times": "os.utime(precious + '/file')",
    "attributes": "os.setxattr(precious + '/file', 'user.x', b'x')",
    "client": "subprocess.run(['sqlite3', precious + '/rows.sqlite3', 'DROP TABLE item'])",
    "client in a shell": "os.system('echo DROP TABLE item | psql precious')",
    "client without anything": "subprocess.run(['redis-cli', 'FLUSHALL'], env={})",
    "sqlite": "sqlite3.connect(precious + '/rows.sqlite3')",
    "sqlite by address": "sqlite3.connect('file:' + precious + '/rows.sqlite3?mode=rwc', uri=True)",
    "connect": "socket.create_connection(('127.0.0.1', 8))",
    "datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 8))",
    "unix socket": "socket.socket(socket.AF_UNIX).connect(precious + '/socket')",
}
HARMLESS = {
    "write": "open(made + '/file', 'w').close()",
    "write in a folder": "os.chdir(precious)\n"
    "os.open('new', os.O_WRONLY | os.O_CREAT, dir_fd=os.open(made, os.O_RDONLY))",
    "read in a folder": "os.open('file', os.O_RDONLY, dir_fd=os.open(precious, os.O_RDONLY))",
    "remove a link": "os.remove(made + '/link')",
    "move": "os.rename(made + '/file', made + '/moved')",
    "read": "open(precious + '/file').read()",
    "list": "os.listdir(precious)",
    "device": "open('/dev/null', 'w').close()",
    "sqlite": "sqlite3.connect(made + '/rows.sqlite3').execute('INSERT INTO item VALUES (1)')",
    "sqlite in memory": "sqlite3.connect(':memory:').execute('CREATE TABLE item (id)')",
    "sqlite to read": "sqlite3.connect('file:' + precious + '/rows.sqlite3?mode=ro', uri=True)"
    ".execute('SELECT * FROM item')",
    "connect": "socket.create_connection(('127.0.0.1', 9))",
    "remove all": "shutil.rmtree(made + '/folder')",
}


# Carries each of them out, whatever becomes of those before.
EACH = """
here = os.getcwd()
for name, code in json.loads(os.environ["CODE"]).items():
    try:
        exec(code)
        print(name, "done")
    except Exception as error:
        print(name, type(error).__name__)
    os.chdir(here)
"""


def outcomes(
    codes: dict[str, str],
    folders: tuple[Path, Path],
    tmp_path: Path,
    isolation: Isolation | None = None,
) -> dict[str, str]:
    made = {"writable": (str(folders[0]),), "reachable": ("127.0.0.1:9",)}
    isolation = isolation or Isolation(guarded=True, **made)
    finished = run(EACH, folders, isolation=isolation, tmp_path=tmp_path, CODE=json.dumps(codes))
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.count(REFUSED) == finished.stdout.count("PermissionError")
    return dict(line.rsplit(" ", 1) for line in finished.stdout.splitlines())


@pytest.mark.process
def test_what_h2h_did_not_make_is_not_touched(folders, tmp_path):
    before = state(folders[1])
    assert outcomes(HARMFUL, folders, tmp_path) == dict.fromkeys(HARMFUL, "PermissionError")
    assert state(folders[1]) == before


@pytest.mark.process
def test_what_h2h_made_and_reading_are_free(folders, tmp_path):
    expected = dict.fromkeys(HARMLESS, "done") | {"connect": "ConnectionRefusedError"}
    assert outcomes(HARMLESS, folders, tmp_path) == expected


RUN_OTHERS = """
for _ in range(2):
    subprocess.run(["true"], check=True)
    subprocess.run([sys.executable, "-c", "open(r'%s/new', 'w')" % precious])
subprocess.run([sys.executable, "-c", "pass"], env={}, check=True)
"""


@pytest.mark.process
def test_a_program_that_is_not_watched_is_told_of_once_and_one_that_is_refuses(folders, tmp_path):
    before = state(folders[1])
    isolation = Isolation(guarded=True, writable=(str(folders[0]),))
    finished = run(RUN_OTHERS, folders, isolation=isolation, tmp_path=tmp_path)
    told = [line for line in finished.stderr.splitlines() if line.startswith(REMARK)]
    python = Path(sys.executable).name
    assert [line.removeprefix(REMARK).split()[0].rstrip(":") for line in told] == [
        *("true", "refused", "refused", python)
    ]
    assert state(folders[1]) == before


@pytest.mark.process
def test_modules_that_are_not_compiled_are_no_news(folders, tmp_path):
    (folders[1] / "module.py").touch()
    before = state(folders[1])
    isolation = Isolation(guarded=True, writable=(str(folders[0]),))
    code = "sys.path.append(precious); import module"
    finished = run(code, folders, isolation=isolation, tmp_path=tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert state(folders[1]) == before


FORBIDDEN = {
    "write": "open(precious + '/file', 'w')",
    "create": "open(precious + '/new', 'x')",
    "remove": "os.remove(precious + '/file')",
    "sqlite": "sqlite3.connect(precious + '/rows.sqlite3')",
    "connect": "socket.create_connection(('127.0.0.1', 8))",
}


@pytest.mark.process
def test_where_only_somebodys_is_forbidden_all_else_is_free(folders, tmp_path):
    before = state(folders[1])
    isolation = Isolation(forbidden=(str(folders[1]), "127.0.0.1:8"))
    refused = dict.fromkeys(FORBIDDEN, "PermissionError")
    assert outcomes(FORBIDDEN, folders, tmp_path, isolation) == refused
    assert state(folders[1]) == before
    expected = dict.fromkeys(HARMLESS, "done") | {"connect": "ConnectionRefusedError"}
    assert outcomes(HARMLESS, folders, tmp_path, isolation) == expected


@pytest.mark.process
def test_a_project_that_is_not_guarded_does_as_it_likes(folders, tmp_path):
    finished = run(HARMFUL["write"], folders, isolation=Isolation(), tmp_path=tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")


class Settings:
    """As Django holds them once they are read."""

    def __init__(self, **given):
        self.DEBUG = False
        self.ALLOWED_HOSTS = ["shop.example"]
        self.DATABASES = {}
        self.CACHES = {}
        self.MIDDLEWARE = []
        self.__dict__.update(given)


PROJECT_S_OWN = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": "precious",
    "USER": "shop",
    "PASSWORD": "hidden",
    "HOST": "db.example",
    "PORT": "5432",
    "CONN_MAX_AGE": 60,
    "OPTIONS": {"sslmode": "require", "service": "shop", "application_name": "shop"},
}
OURS = {"NAME": "made", "USER": "h2h", "PASSWORD": "", "HOST": "/made", "PORT": "1"}


def replaced(*, databases=None, caches=None, settings=None, **own) -> Settings:
    found = Settings(**own)
    isolation = Isolation(databases=databases, caches=caches or {}, settings=settings or {})
    replace_settings(found, isolation)
    return found


def test_a_database_keeps_what_does_not_say_where_it_is():
    found = replaced(databases={"default": OURS}, DATABASES={"default": PROJECT_S_OWN})
    assert found.DATABASES["default"] == {
        **OURS,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"application_name": "shop"},
    }


def test_a_database_that_h2h_made_nothing_for_is_out_of_reach():
    own = {"default": PROJECT_S_OWN, "other": PROJECT_S_OWN}
    found = replaced(databases={"default": OURS}, DATABASES=own)
    assert found.DATABASES["other"] == {"ENGINE": "django.db.backends.dummy"}


def test_databases_that_are_only_asked_for_stay_as_they_are():
    assert replaced(DATABASES={"default": PROJECT_S_OWN}).DATABASES == {"default": PROJECT_S_OWN}


def test_caches_and_folders_are_replaced_by_name():
    found = replaced(
        caches={"default": {"LOCATION": "redis://made"}},
        settings={"MEDIA_ROOT": "/made/media"},
        CACHES={"default": {"BACKEND": "x", "LOCATION": "redis://own"}, "local": {"BACKEND": "y"}},
        MEDIA_ROOT="/precious",
    )
    assert found.CACHES == {
        "default": {"BACKEND": "x", "LOCATION": "redis://made"},
        "local": {"BACKEND": "y"},
    }
    assert found.MEDIA_ROOT == "/made/media"
    as_path = replaced(settings={"MEDIA_ROOT": "/made/media"}, MEDIA_ROOT=Path("/precious"))
    assert isinstance(as_path.MEDIA_ROOT, Path)


def test_a_project_answers_here_as_where_it_is_deployed():
    found = replaced(
        databases={},
        DEBUG=True,
        STORAGES={"default": {"BACKEND": "x"}, "staticfiles": {"BACKEND": "hashed"}},
        MIDDLEWARE=["x.debug_toolbar.Middleware", "debug_toolbar.middleware.M", "a.B"],
        CELERY_BROKER_URL="redis://own",
    )
    assert found.DEBUG is False
    assert found.ALLOWED_HOSTS == ["shop.example", "127.0.0.1", ".localhost"]
    assert found.STORAGES["default"] == {"BACKEND": "x"}
    assert found.STORAGES["staticfiles"]["BACKEND"] != "hashed"
    assert found.MIDDLEWARE == ["a.B"]
    assert found.CELERY_BROKER_URL == "memory://"


THROTTLED = """
import django
settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None}
settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
django.setup()
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

class Once(UserRateThrottle):
    rate = "1/day"

class View(APIView):
    throttle_classes = [Once]

    def get(self, request):
        return Response()

print([View.as_view()(RequestFactory().get("/")).status_code for _ in range(2)])
"""


@pytest.mark.process
@pytest.mark.parametrize(("databases", "statuses"), [({}, [200, 200]), (None, [200, 429])])
def test_a_view_of_a_revision_turns_nobody_away_for_their_number(
    databases, statuses, folders, tmp_path
):
    isolation = Isolation(databases=databases)
    finished = run(THROTTLED, folders, isolation=isolation, tmp_path=tmp_path)
    assert finished.stdout == f"{statuses}\n", finished.stderr


@pytest.mark.parametrize(
    ("databases", "caches"),
    [
        ({"default": PROJECT_S_OWN}, {}),
        ({"default": {**PROJECT_S_OWN, **OURS}, "files": {"ENGINE": "x.sqlite3", "NAME": "y"}}, {}),
        ({}, {"default": {"BACKEND": "x.RedisCache", "LOCATION": "redis://:p@own:6379/0"}}),
        ({}, {"default": {"BACKEND": "x.PyMemcacheCache", "LOCATION": ["made:2", "own:1"]}}),
        ({}, {"default": {"BACKEND": "x.FileBasedCache", "LOCATION": "/precious"}}),
        ({}, {"default": {"BACKEND": "shop.TenantCache", "LOCATION": "redis://own:6379/0"}}),
    ],
)
def test_a_process_ends_whose_settings_lead_to_what_h2h_did_not_make(databases, caches):
    """By no exception of Django's, which manage.py catches."""
    with pytest.raises(SystemExit, match=STRANGERS):
        required(databases=databases, caches=caches)


@pytest.mark.parametrize(
    "own",
    [
        {"CELERY_BROKER_URL": "redis://own:6379/1"},
        {"STORAGES": {"default": {"BACKEND": "storages.backends.s3.S3Storage"}}},
        {"DEFAULT_FILE_STORAGE": "storages.backends.gcloud.GoogleCloudStorage"},
    ],
)
def test_so_does_one_whose_tasks_or_files_go_elsewhere(own):
    with pytest.raises(SystemExit, match=STRANGERS):
        required(databases={}, caches={}, **own)


def test_a_storage_that_names_its_folder_gets_one_of_h2hs():
    storages = {
        "default": {"BACKEND": "x", "OPTIONS": {"location": "/precious", "base_url": "/m/"}},
        "staticfiles": {"BACKEND": "x", "OPTIONS": {"location": "/static"}},
        "other": {"BACKEND": "y"},
    }
    found = replaced(settings={"MEDIA_ROOT": "/made/media"}, STORAGES=storages)
    options = {"location": "/made/media/default", "base_url": "/m/"}
    assert found.STORAGES["default"] == {"BACKEND": "x", "OPTIONS": options}
    assert [found.STORAGES[each] for each in ("staticfiles", "other")] == [
        storages[each] for each in ("staticfiles", "other")
    ]


def test_a_process_goes_on_whose_settings_lead_to_what_h2h_made():
    required(
        databases={"default": {**PROJECT_S_OWN, **OURS}, "none": {}},
        caches={
            "default": {"BACKEND": "x.RedisCache", "LOCATION": "redis://:p@made:2/5"},
            "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
            "rows": {"BACKEND": "x.DatabaseCache", "LOCATION": "cache_table"},
        },
        CELERY_BROKER_URL="redis://:p@made:2/1",
        BROKER_URL="",
        STORAGES={"default": {"BACKEND": "shop.storage.Uploads"}},
    )


def required(
    *, databases: dict[str, dict[str, object]], caches: dict[str, dict[str, object]], **own: object
) -> None:
    isolation = Isolation(own_places=("/made:1/made", "made:2"))
    replace_settings(Settings(DATABASES=databases, CACHES=caches, **own), isolation)


class Connection:
    """As Django announces it."""

    vendor = "postgresql"

    def __init__(self, **settings: str) -> None:
        self.settings_dict = settings
        self.execute_wrappers: list[object] = []  # for who else listens
        self.closed = False

    def close(self) -> None:
        self.closed = True


def test_a_database_that_is_forbidden_is_left_and_one_of_tests_beside_it_is_not():
    isolation = Isolation(forbidden=("db.example:5432/precious",))
    replace_settings(Settings(DATABASES={"default": PROJECT_S_OWN}), isolation)
    try:
        with pytest.raises(PermissionError):
            connection_created.send(sender=None, connection=Connection(**PROJECT_S_OWN))
        of_tests = Connection(**{**PROJECT_S_OWN, "NAME": "test_precious"})
        connection_created.send(sender=None, connection=of_tests)
    finally:
        assert connection_created.disconnect(dispatch_uid="headtohead-isolation")


@pytest.fixture
def announce() -> Iterator[Callable[[Connection], None]]:
    isolation = Isolation(databases={"default": OURS}, guarded=True)
    replace_settings(Settings(DATABASES={"default": PROJECT_S_OWN}), isolation)
    yield lambda connection: connection_created.send(sender=None, connection=connection)
    assert connection_created.disconnect(dispatch_uid="headtohead-isolation")


def test_a_connection_that_gets_around_the_settings_is_closed(announce, capfd):
    """One that is opened by Django's own machinery, such as a tenant's."""
    connection = Connection(**{**OURS, "HOST": "db.example"})
    with pytest.raises(PermissionError):
        announce(connection)
    assert connection.closed
    assert f"{REFUSED}: database db.example:1/made" in capfd.readouterr().err


def test_a_connection_to_what_h2h_made_stays(announce):
    connection = Connection(**OURS)
    announce(connection)
    assert not connection.closed


def test_an_isolation_names_no_database_by_itself():
    assert json.loads(Isolation().to_json())["databases"] is None
