"""Projects that have nothing of h2h say what serving a request took, whatever their shape."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest

from headtohead.host import ports
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.protocol.server_timing import HEADER, ServerTiming
from headtohead.services.project_variables import instrumented
from tests.interpreters import (
    DJANGO,
    VERSIONS,
    own_environment,
    printed,
    required_interpreter,
    told,
)
from tests.waiting import eventually

pytestmark = pytest.mark.process

TOKEN = "secret"
PAUSE = 0.02  # seconds, in a query
BASE = """
SECRET_KEY = "secret"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "shop.middleware.gate"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "files": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "c"},
    "own": {"BACKEND": "shop.caches.OwnCache"},
    "missing": {"BACKEND": "shop.not_installed.Cache"},
}
"""
FILES = {
    "shop/__init__.py": "",
    "shop/settings.py": BASE,
    "shop/split/__init__.py": "",
    "shop/split/base.py": BASE,
    "shop/split/production.py": "from .base import *\nDEBUG = False\n",
    "shop/configured.py": "from configurations import Configuration\n"
    f"class Production(Configuration):{BASE.replace(chr(10), chr(10) + '    ')}",
    "shop/wsgi.py": """
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
""",
    "shop/asgi.py": """
from django.core.asgi import get_asgi_application
application = get_asgi_application()
""",
    "shop/caches.py": """
from django.core.cache.backends.locmem import LocMemCache

class OwnCache(LocMemCache):
    def get(self, key, default=None, version=None, with_age=False):
        value = super().get(key, default, version)
        return (value, 1) if with_age else value

    def get_many(self, keys, version=None):
        return {key: self.get(key) for key in keys if key in self}
""",
    "shop/middleware.py": """
from django.http import HttpResponse
from django.utils.decorators import sync_and_async_middleware
from asgiref.sync import iscoroutinefunction
from shop.urls import query

@sync_and_async_middleware
def gate(get_response):
    def closed(request):
        if request.path == "/closed/":
            query()
            return HttpResponse(status=204)

    async def later(request):
        return closed(request) or await get_response(request)

    def at_once(request):
        return closed(request) or get_response(request)

    return later if iscoroutinefunction(get_response) else at_once
""",
    "shop/urls.py": """
import time
from asgiref.sync import sync_to_async
from django.core.cache import cache, caches
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

def query(sql="SELECT 1", *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()

def slow(request):
    connection.ensure_connection()
    connection.connection.create_function("pause", 1, time.sleep)
    query("SELECT pause(%s)", PAUSE)
    query()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS made (a)")
        cursor.executemany("INSERT INTO made VALUES (%s)", [[1], [2]])
    return HttpResponse()

def books(request):
    query("CREATE TEMPORARY TABLE book (id integer PRIMARY KEY, title text)")
    query("INSERT INTO book VALUES (%s, %s)", 1, "a secret")
    return HttpResponse(str([query("SELECT title FROM book WHERE id = %s", n) for n in (1, 2)]))

def waits(request):
    for _ in range(int(request.GET["queries"])):
        query()
        time.sleep(0.05)
    return HttpResponse()

def lookups(request):
    return HttpResponse(str(look_up(caches[request.GET["cache"]], request.GET["call"])))

def look_up(cache, call):
    cache.delete_many(["here", "gone", "number"])
    cache.set("here", None)
    cache.set("number", 1)
    return eval(call)

async def later(request):
    cache.set("here", 1)
    await sync_to_async(query)()
    await cache.aget("here")
    await cache.aget_many(["here", "gone"])
    return HttpResponse()

def stream(request):
    query()
    def rows():
        yield "a row"
        yield str(query("SELECT 2"))
    return StreamingHttpResponse(rows())

def broken(request):
    query()
    raise ValueError

urlpatterns = [
    path("slow/", slow), path("lookups/", lookups), path("later/", later), path("books/", books),
    path("stream/", stream), path("broken/", broken), path("waits/", waits),
]
""".replace("PAUSE", str(PAUSE)),
    # What a test asks for is in argv; `sync` goes the way that a WSGI server goes.
    "ask.py": """
import asyncio, json, logging, os, sys
logging.disable()
how, *paths = sys.argv[1:]
headers = {"HeadToHead-Token": os.environ.get("ASK_WITH", "secret")}
if os.environ["SHAPE"] == "configure()":
    from django.conf import settings
    import shop.settings
    settings.configure(**{k: v for k, v in vars(shop.settings).items() if k.isupper()})
elif os.environ["SHAPE"] == "configurations":
    import configurations
    configurations.setup()

def sync(path):
    from wsgiref.util import setup_testing_defaults
    path, _, query = path.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query}
    environ["HTTP_HEADTOHEAD_TOKEN"] = headers["HeadToHead-Token"]
    environ["HTTP_BAGGAGE"] = os.environ.get("BAGGAGE", "")
    setup_testing_defaults(environ)
    started = {}
    def start_response(status, given, exc_info=None):
        started.update(status=int(status.split()[0]), headers=dict(given))
    body = b"".join(application(environ, start_response)).decode()
    return started["status"], started["headers"].get("Server-Timing"), body

async def answers():
    from django.test import AsyncClient
    client, found = AsyncClient(raise_request_exception=False), []
    for path in paths:
        answer = await client.get(path, headers=headers)
        found.append((answer.status_code, answer.headers.get("Server-Timing"), ""))
    return found

if how == "sync":
    from shop.wsgi import application
    print(json.dumps([sync(path) for path in paths]))
else:
    import django
    django.setup()
    print(json.dumps(asyncio.run(answers())))
""",
}
# What a view may ask of a cache that has `here`, which is None, and `number`; hits and misses.
LOOKUPS = {
    "cache.get('here', 1)": (1, 0),
    "cache.get(key='gone', default=2)": (0, 1),
    "cache.get_many(key for key in ('here', 'gone'))": (1, 1),
    "cache.has_key('here')": (1, 0),
    "'gone' in cache": (0, 1),
    # Looked up, and once more when it has been set.
    "cache.get_or_set('gone', 3)": (1, 1),
    "cache.add('here', 4)": (0, 0),
    "cache.incr('number')": (0, 0),
    "cache.delete('here')": (0, 0),
}
SHAPES = {
    "one module": "shop.settings",
    "split": "shop.split.production",
    "configure()": "",
    "configurations": "shop.configured",
}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has Django, and nothing of h2h's."""
    return own_environment(tmp_path_factory.mktemp("own") / "venv", packages=DJANGO)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def environment(shape: str = "one module", **others: str) -> dict[str, str]:
    told = {"SHAPE": shape, "DJANGO_CONFIGURATION": "Production", "H2H_TOKEN": TOKEN}
    if SHAPES[shape]:
        told["DJANGO_SETTINGS_MODULE"] = SHAPES[shape]
    return instrumented({**told, **others})


def answers(
    python: Path, shop: Path, *asked: str, shape: str = "one module", **others: str
) -> list[tuple[int, ServerTiming | None, str]]:
    """Status, what it took and, when sync, the body of each; argv of `ask.py` says of what."""
    found = told(python, "ask.py", *asked, folder=shop, **environment(shape, **others))
    return [
        (status, None if header is None else ServerTiming.from_header(header), body)
        for status, header, body in found
    ]


def shape_in(environment: Path, shape: str) -> str:
    if shape == "configurations":
        (packages,) = environment.glob("lib/python*/site-packages")
        if not (packages / "configurations").exists():
            pytest.skip("django-configurations is not installed")
    return shape


def assert_told(python: Path, shop: Path, *, shape: str) -> None:
    """Both ways to serve tell the queries, their time and the lookups."""
    (_, slow, _), (_, closed, _) = answers(python, shop, "sync", "/slow/", "/closed/", shape=shape)
    assert (slow.queries, slow.cache_hits, slow.cache_misses) == (4, 0, 0)
    assert PAUSE * 1000 <= slow.database_ms <= slow.total_ms
    assert closed.queries == 1
    ((_, later, _),) = answers(python, shop, "async", "/later/", shape=shape)
    assert (later.queries, later.cache_hits, later.cache_misses) == (1, 2, 1)


def assert_explained(python: Path, shop: Path) -> None:
    """The SQL is told in place of the response, with the code that wanted it and its plan."""
    ((_, timing, body),) = answers(
        python, shop, "sync", "/books/", BAGGAGE="h2h.statements=detailed"
    )
    assert timing is None
    created, _, chosen = json.loads(body)["statements"]
    assert (created["times"], chosen["times"]) == (1, 2)
    assert chosen["sql"] == "SELECT title FROM book WHERE id = ?"
    detail = json.loads(body)["details"][2]
    assert detail["sources"][0]["location"]["path"] == "shop/urls.py"
    assert detail["sources"][0]["location"]["function"] == "query"
    assert (detail["plan"]["operation"], detail["plan"]["relation"]) == (
        "SEARCH INTEGER PRIMARY KEY",
        "book",
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_settings_of_every_shape(python: Path, shop: Path, shape: str) -> None:
    assert_told(python, shop, shape=shape_in(python.parents[1], shape))


@pytest.mark.parametrize("version", VERSIONS)
def test_pythons_that_projects_have(version: str, shop: Path, tmp_path: Path) -> None:
    interpreter = required_interpreter(version)
    environment = tmp_path / "venv"
    python = own_environment(environment, interpreter=interpreter, packages=DJANGO)
    assert_told(python, shop, shape="one module")
    assert_explained(python, shop)


@pytest.mark.nightly
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("version", "django"),
    [("3.10", "4.2"), ("3.12", "4.2"), ("3.10", "5.1"), ("3.12", "6.0"), ("3.13", "6.1")],
)
def test_djangos_that_projects_have(
    version: str, django: str, shape: str, shop: Path, environments
) -> None:
    python = environments(version, django)
    assert_told(python, shop, shape=shape)
    if shape == "one module":
        assert_explained(python, shop)


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory):
    """Environments that pip makes, once each."""
    made: dict[tuple[str, str], Path] = {}

    def environment(version: str, django: str) -> Path:
        if (version, django) not in made:
            folder = tmp_path_factory.mktemp("installed") / "venv"
            python = own_environment(folder, interpreter=required_interpreter(version))
            install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
            packages = [f"django=={django}.*", "django-configurations"]
            subprocess.run([*install, *packages], check=True)
            made[version, django] = python
        return made[version, django]

    return environment


@pytest.mark.parametrize("cache", ["default", "files", "own"])
def test_a_lookup_counts_once_and_returns_what_it_does_without(
    python: Path, shop: Path, cache: str
) -> None:
    asked = [f"/lookups/?cache={cache}&call={quote(call)}" for call in LOOKUPS]
    found = answers(python, shop, "sync", *asked)
    counted = [(timing.cache_hits, timing.cache_misses) for _, timing, _ in found]
    assert dict(zip(LOOKUPS, counted, strict=True)) == LOOKUPS
    without = environment() | {"PYTHONPATH": ""}
    bodies = told(python, "ask.py", "sync", *asked, folder=shop, **without)
    assert [body for _, _, body in found] == [body for _, _, body in bodies]


def test_what_a_backend_adds_to_djangos_calls_is_left_alone(python: Path, shop: Path) -> None:
    call = "/lookups/?cache=own&call=cache.get('gone',5,with_age=True)"
    ((status, _, body),) = answers(python, shop, "sync", call)
    assert (status, body) == (200, "(5, 1)")


def test_what_ends_early_or_badly_is_told_too(python: Path, shop: Path) -> None:
    (closed, broken, missing) = answers(python, shop, "sync", "/closed/", "/broken/", "/none/")
    assert [status for status, _, _ in (closed, broken, missing)] == [204, 500, 404]
    assert [timing.queries for _, timing, _ in (closed, broken, missing)] == [1, 1, 0]


def test_a_stream_arrives_whole(python: Path, shop: Path) -> None:
    ((status, timing, body),) = answers(python, shop, "sync", "/stream/")
    assert (status, body) == (200, "a row[(2,)]")
    assert timing.queries == 1


@pytest.mark.parametrize("other", [{"ASK_WITH": "guess"}, {"H2H_TOKEN": ""}])
def test_nobody_else_is_told(python: Path, shop: Path, other: dict[str, str]) -> None:
    assert answers(python, shop, "sync", "/slow/", **other) == [(200, None, "")]


def test_the_projects_own_measurement_stays_the_only_one(python: Path, shop: Path) -> None:
    with (shop / "shop" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write("MIDDLEWARE += ['headtohead.django.middleware.MeasurementMiddleware']\n")
    ((_, timing, _), (_, closed, _)) = answers(python, shop, "sync", "/slow/", "/closed/")
    # Where the project put it, behind the one that closes.
    assert timing.queries == 4
    assert closed is None


def test_a_token_of_the_projects_own_counts(python: Path, shop: Path) -> None:
    with (shop / "shop" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write("HEADTOHEAD = {'TOKEN': 'its own'}\n")
    assert answers(python, shop, "sync", "/slow/") == [(200, None, "")]
    ((_, timing, _),) = answers(python, shop, "sync", "/slow/", ASK_WITH="its own")
    assert timing.queries == 4


def test_a_backend_of_h2hs_counts_for_itself(python: Path, shop: Path) -> None:
    with (shop / "shop" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write("CACHES['own'] = {'BACKEND': 'headtohead.django.cache.LocMemCache'}\n")
    call = quote("cache.get_many(['here', 'gone'])")
    ((_, timing, _),) = answers(python, shop, "sync", f"/lookups/?cache=own&call={call}")
    assert (timing.cache_hits, timing.cache_misses) == (1, 1)


def test_the_projects_metrics_are_its_own(shop: Path, tmp_path: Path) -> None:
    packages = (*DJANGO, "prometheus_client")
    python = own_environment(tmp_path / "venv", packages=packages)
    exported = """
import runpy, sys
from prometheus_client import generate_latest
sys.argv = ["ask.py", "sync", "/slow/"]
runpy.run_path("ask.py")
print("headtohead" in generate_latest().decode())
"""
    finished = printed(python, "-c", exported, folder=shop, **environment(PYTHONPATH=str(shop)))
    assert finished.stdout.splitlines()[-1] == "False", finished.stderr


def test_a_project_is_served_where_it_cannot_be_measured(python: Path, shop: Path) -> None:
    with (shop / "shop" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write("HEADTOHEAD = 'nonsense'\n")
    finished = printed(python, "ask.py", "sync", "/slow/", folder=shop, **environment())
    assert finished.stdout == '[[200, null, ""]]\n'
    assert finished.stderr.startswith("h2h: no causes: AttributeError: ")
    assert len(finished.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("application", "flags"),
    [
        ("shop.wsgi:application", ("--worker-class=gthread", "--threads=2")),
        ("shop.wsgi:application", ("--preload",)),
        ("shop.wsgi:application", ("--worker-class=gevent",)),
        ("shop.asgi:application", ("--worker-class=asgi",)),
    ],
    ids=["threads", "preload", "gevent", "asgi"],
)
def test_requests_that_gunicorn_serves_at_once_keep_apart(
    shop: Path, application: str, flags: tuple[str, ...]
) -> None:
    # Of this environment, which has gunicorn and gevent.
    python = Path(sys.executable)
    with served(python, shop, application, *flags) as port, ThreadPoolExecutor() as clients:
        ask = partial(header, port)
        found = clients.map(ask, ["/waits/?queries=2", "/waits/?queries=3"])
    assert [ServerTiming.from_header(each).queries for each in found] == [2, 3]


@contextmanager
def served(python: Path, shop: Path, application: str, *flags: str) -> Iterator[int]:
    """The port on which gunicorn serves the application."""
    with ports.bind(0) as bound:
        descriptor = bound.fileno()
        command = [python, "-m", "gunicorn", "--bind", f"fd://{descriptor}", *flags]
        server = subprocess.Popen(
            [*command, "--no-control-socket", application],
            cwd=shop,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[descriptor],
        )
        port = ports.port_of(bound)
    try:
        eventually(lambda: _listens(port), patience=60)
        yield port
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((ports.HOST, port)) == 0


def header(port: int, path: str) -> str:
    """What the server says that a request took."""
    connection = HTTPConnection(ports.HOST, port, timeout=30)
    connection.request("GET", path, headers={TOKEN_HEADER: TOKEN})
    answer = connection.getresponse()
    connection.close()
    return answer.headers[HEADER]
