"""What a stack is asked to be reaches the servers that are started, none of which is here."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from headtohead.config import Config
from headtohead.errors import ConfigurationError
from headtohead.host.ports import free_port
from headtohead.services import gunicorn
from headtohead.services.celery import Celery
from headtohead.services.databases.embedded_postgresql import EmbeddedPostgres
from headtohead.services.django_project import Project
from headtohead.services.memcached import Memcached
from headtohead.services.monitoring import Monitoring
from headtohead.services.project_variables import ProjectVariable
from headtohead.services.running_server import Endpoint, RunningServer, Watched
from headtohead.services.valkey import EmbeddedValkey
from headtohead.stack import lifecycle
from headtohead.stack.availability import External
from headtohead.stack.settings import StackSettings, stack_settings
from headtohead.stack.state import RunningStack
from tests.stack.stacks import ignore, settings_in

# Settings that a running stack need not be started again for: they are about an empty database, or
# about who reads its rows.
STAYS = {"rows", "seed", "made_up", "start", "data", "prepare", "reachable"}
CHANGES: dict[str, Any] = {
    "root": Path(__file__).parent,
    "settings_module": "shop.other",
    "manage": Path(__file__).parent / "manage.py",
    "wsgi": "shop.other:application",
    "start": "serve {bind}",
    "health": "/other/",
    "data": "other.sqlite3",
    "prepare": ("manage.py other",),
    "reachable": ("other:1",),
    "asgi": "shop.otherasgi:application",
    "gunicorn_config": "gunicorn.py",
    "workers": 3,
    "port": free_port(),
    "database_url": "postgresql://own/db",
    "cache_url": "redis://own/0",
    "celery": "shop.other",
    "broker_url": "redis://own/1",
    "memcached_url": "own:11211",
    "services": ("celery", "memcached"),
    "variables": (ProjectVariable(name="ANOTHER", value="other"),),
    "prometheus": True,
    "rows": 41,
    "seed": 9,
    "made_up": True,
}


@dataclass
class Started:
    """What was started, and with what."""

    gunicorns: list[tuple[list[str], dict[str, str], Path]] = field(default_factory=list)
    seeded: list[tuple[int, int]] = field(default_factory=list)
    celery: list[str] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)


def endpoint(name: str, url: str, *, pid: int | None = None) -> Endpoint:
    return Endpoint(
        server=RunningServer(name=name, pid=pid, address="127.0.0.1:9", log=None, version="1"),
        url=url,
    )


@pytest.fixture
def started(monkeypatch) -> Iterator[Started]:
    """All that a stack would start is noted, and says that it runs in this very process."""
    noted, own = Started(), os.getpid()

    def embed(name: str, url: str) -> Any:
        def ensure(*_: Any, **__: Any) -> Endpoint:
            noted.embedded.append(name)
            return endpoint(name, url, pid=own)

        return ensure

    def external(settings: StackSettings) -> External:
        given = {
            "database": settings.database_url,
            "cache": settings.cache_url,
            "broker": settings.broker_url if "celery" in settings.services else None,
            "memcached": settings.memcached_url if "memcached" in settings.services else None,
        }
        return External(**{name: url and endpoint(name, url) for name, url in given.items()})

    def spawn(arguments: Any, *, directory: Path, environment: Any, **_: Any) -> Any:
        noted.gunicorns.append((list(map(str, arguments)), dict(environment), directory))
        return psutil.Process()

    def work(_: Celery, __: Project, *, app: str) -> tuple[RunningServer, RunningServer]:
        noted.celery.append(app)
        worker, beat = (endpoint(name, "", pid=own).server for name in ("Worker", "Beat"))
        return worker, beat

    def watch(*_: Any, **__: Any) -> tuple[Watched, tuple[RunningServer, ...]]:
        noted.embedded.append("Prometheus")
        return Watched(address="127.0.0.1:9", generator_port=9), ()

    monkeypatch.setattr(EmbeddedPostgres, "ensure", embed("PostgreSQL", "postgresql://ours/db"))
    monkeypatch.setattr(EmbeddedValkey, "ensure", embed("Valkey", "redis://ours/0"))
    monkeypatch.setattr(Memcached, "start", embed("memcached", "ours:11211"))
    monkeypatch.setattr(Monitoring, "ensure", watch)
    monkeypatch.setattr(Celery, "start", work)
    for kind in (EmbeddedPostgres, EmbeddedValkey, Memcached):
        monkeypatch.setattr(kind, "stop", lambda *_, **__: False)
    monkeypatch.setattr(lifecycle.Api, "stop", lambda *_, **__: False)
    monkeypatch.setattr(Celery, "stop", lambda *_, **__: {})
    monkeypatch.setattr(Monitoring, "stop", lambda _: ())
    monkeypatch.setattr(lifecycle, "external_servers", external)
    monkeypatch.setattr(lifecycle, "prometheus_program", lambda: None)
    monkeypatch.setattr("headtohead.stack.state.healthy", lambda _, **__: True)
    monkeypatch.setattr(lifecycle, "changed_at", lambda _: 0.0)
    monkeypatch.setattr(Project, "migrate", lambda _: None)
    monkeypatch.setattr(Project, "count_rows", lambda _: 0)
    monkeypatch.setattr(Project, "seed", lambda _, *, rows, seed: noted.seeded.append((rows, seed)))
    monkeypatch.setattr(gunicorn.processes, "spawn", spawn)
    monkeypatch.setattr(gunicorn, "_health", lambda _, **__: gunicorn._HEALTHY)
    return noted


def up(settings: StackSettings) -> RunningStack:
    return lifecycle.up(settings, progress=ignore)


@pytest.mark.parametrize(
    "name",
    # In another folder it is another stack.
    [each.name for each in fields(StackSettings) if each.name != "directory"],
)
def test_a_stack_that_is_asked_to_be_another_is_started_anew(name, started, tmp_path):
    """Whoever adds a setting says above whether the stack has to know."""
    first = settings_in(tmp_path / ".h2h", celery="shop.work")
    up(first)
    up(first)
    assert len(started.gunicorns) == 1
    up(replace(first, **{name: CHANGES[name]}))
    assert (len(started.gunicorns) == 1) is (name in STAYS)


def test_the_api_is_served_as_asked(started, tmp_path):
    settings = settings_in(
        tmp_path / ".h2h",
        **CHANGES,
    )
    running = up(settings)
    ((arguments, environment, folder),) = started.gunicorns
    assert arguments[-1] == "shop.other:application"
    assert environment["H2H_GUNICORN_CONFIG"] == str(settings.root / "gunicorn.py")
    assert running.api_url == f"http://127.0.0.1:{settings.port}"
    assert folder == settings.root
    expected = {
        "WEB_CONCURRENCY": "3",
        "DJANGO_SETTINGS_MODULE": "shop.other",
        "DATABASE_URL": "postgresql://own/db",
        "CACHE_URL": "redis://own/0",
        "BROKER_URL": "redis://own/1",
        "MEMCACHED_URL": "own:11211",
        "H2H_TOKEN": running.token,
    }
    assert {name: environment[name] for name in expected} == expected
    assert started.seeded == [(41, 9)]
    assert started.celery == ["shop.other"]
    assert started.embedded == ["Prometheus"]


def test_what_is_not_given_is_the_stacks_own(started, tmp_path):
    services = ("celery", "memcached")
    running = up(settings_in(tmp_path / ".h2h", celery="shop.work", services=services))
    ((_arguments, environment, _),) = started.gunicorns
    assert environment["H2H_GUNICORN_CONFIG"] == ""
    assert started.embedded == ["PostgreSQL", "Valkey", "memcached"]
    assert (running.database_url, running.cache_url) == ("postgresql://ours/db", "redis://ours/0")
    assert environment["BROKER_URL"] == "redis://ours/1"
    assert environment["WEB_CONCURRENCY"] == "1"


@pytest.mark.parametrize(
    ("changes", "services"),
    [
        ({}, []),
        ({"services": ("memcached",)}, ["memcached"]),
        ({"prometheus": True}, ["Prometheus"]),
    ],
)
def test_nothing_is_started_that_nobody_asks_for(changes, services, started, tmp_path):
    up(settings_in(tmp_path / ".h2h", **changes))
    assert started.embedded == ["PostgreSQL", "Valkey", *services]
    assert started.celery == []


def test_a_project_says_which_variables_it_wants(tmp_path):
    table = {
        "KEY": "{secret}",
        "PASSWORD": {"value": "for trying out", "only": "embedded"},
    }
    assert stack_settings(Config(root=tmp_path, variables=table)).variables == (
        ProjectVariable(name="KEY", value="{secret}"),
        ProjectVariable(name="PASSWORD", value="for trying out", only_embedded=True),
    )


@pytest.mark.parametrize(
    "given", [3, {"value": "x"}, {"value": 3, "only": "embedded"}, {"value": "x", "only": "always"}]
)
def test_anything_else_is_refused_by_its_name(tmp_path, given):
    with pytest.raises(ConfigurationError, match=r"\[tool.headtohead.variables\] KEY is"):
        stack_settings(Config(root=tmp_path, variables={"KEY": given}))
