"""Keys and tokens that nobody can foresee: others every time, and no two alike."""

import random
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headtohead.protocol.migrations import Schema
from headtohead.protocol.project_description import CacheSettings
from headtohead.revisions.checkout import Revision
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services.databases.embedded_postgresql import EmbeddedPostgres
from headtohead.services.databases.postgresql import POSTGRESQL, PostgreSQL
from headtohead.services.django_project import Project
from headtohead.services.running_server import Endpoint, RunningServer
from headtohead.services.server_process import ServerProcess
from headtohead.services.valkey import EmbeddedValkey
from headtohead.stack import lifecycle, revision_servers, shared_schema
from headtohead.stack.settings import StackSettings
from tests.protocol.test_isolation import DESCRIPTION
from tests.stack.stacks import VARIABLES

# As many bits as nobody tries out.
FEWEST_CHARACTERS = 22


@pytest.fixture(autouse=True)
def foreseeable():
    """Whoever drew from the module `random` would draw the same every time."""
    kept = random.getstate()
    yield
    random.setstate(kept)


def settings(folder: Path, **changes: Any) -> StackSettings:
    return StackSettings(
        root=folder,
        directory=folder / ".h2h",
        settings_module="shop.settings",
        wsgi="shop.wsgi:application",
        asgi="shop.asgi:application",
        gunicorn_config=None,
        variables=VARIABLES,
        **changes,
    )


def keys_of_a_project(folder: Path, *, seed: int) -> list[str]:
    """Those of a project whose servers are the user's own."""
    found: list[Project] = []
    urls = {"database_url": "postgresql://it", "cache_url": "redis://it"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Project, "seed", lambda self, **_: found.append(self))
        lifecycle.seed(settings(folder, seed=seed, **urls), rows=1, seed=seed)
    return [*found[0].secrets.values(), found[0].token]


def keys_of_revisions(folder: Path, *, seed: int) -> list[str]:
    with set_up_apart(folder, seed=seed) as (sides, _):
        project = sides.projects["head"]
        assert sides.projects["base"].token == project.token == sides.token
        return [*project.secrets.values(), project.token]


def password_of_valkey(folder: Path, *, seed: int) -> list[str]:
    started = EmbeddedValkey(directory=folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServerProcess, "start", lambda *_, **__: (None, ("Valkey", "9")))
        _, url, _ = started._start()
    password = url.partition("://:")[2].partition("@")[0]
    assert password in (started.process.folder / "valkey.conf").read_text()
    return [password]


@contextmanager
def set_up_apart(folder: Path, *, seed: int, rows: int = 9) -> Any:
    """Two revisions on databases of their own, and what was done to these."""
    done: list[tuple[Any, ...]] = []
    server = RunningServer(name=POSTGRESQL, pid=None, address="it:1", log=None, version="18")
    database = Endpoint(server=server, url="postgresql://it/shop")
    cache = Endpoint(server=server, url="redis://it/0")

    def note(what: str) -> Any:
        return lambda self, *given, **_: done.append((what, self.database_url, *given)) or ()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revision_servers.lifecycle, "down", lambda _: ())
        patch.setattr(EmbeddedPostgres, "ensure", lambda *_, **__: database)
        patch.setattr(EmbeddedValkey, "ensure", lambda *_, **__: cache)
        for name in ("drop", "settle"):
            patch.setattr(PostgreSQL, name, lambda *_, **__: None)
        patch.setattr(PostgreSQL, "create", lambda *_, name, **__: f"postgresql://it/{name}")
        cache_settings = CacheSettings(backend="x.RedisCache", kind="redis", location="own")
        description = replace(DESCRIPTION, caches={"default": cache_settings})
        patch.setattr(Project, "describe", lambda _: description)
        patch.setattr(Project, "migrate", note("migrate"))
        patch.setattr(Project, "prepare", note("prepare"))
        schemas = {"default": Schema(migrations={}, applied=frozenset())}
        patch.setattr(shared_schema, "schemas_of", lambda *_, **__: schemas)
        revision = Revision(
            name="main", commit="a" * 40, changed=False, environment=PythonEnvironment(root=folder)
        )
        sides = {"base": revision, "head": replace(revision, name="work")}
        prepare = ("manage.py seed --rows {rows} --seed {seed}",)
        given = settings(folder, rows=rows, seed=seed, prepare=prepare)
        with revision_servers.apart(given, sides, progress=lambda _: None) as found:
            yield found, done


@pytest.mark.parametrize("keys", [keys_of_a_project, keys_of_revisions, password_of_valkey])
def test_keys_are_others_every_time_whatever_the_seed(keys, tmp_path):
    found = []
    for _ in range(3):
        random.seed(1)
        found += keys(tmp_path, seed=1)
    assert len(set(found)) == len(found)
    assert min(map(len, found)) >= FEWEST_CHARACTERS


def test_revisions_get_the_same_rows_in_databases_and_caches_of_their_own(tmp_path):
    with set_up_apart(tmp_path, seed=7, rows=12) as (sides, done):
        (seeded,) = (each for each in done if each[0] == "prepare")
        assert seeded[2:] == ("manage.py seed --rows 12 --seed 7",)
        assert sides.rows == 12
        for which in ("database_url", "cache_url"):
            urls = {getattr(each, which) for each in sides.projects.values()}
            assert len(urls) == len(sides.projects)
            assert "postgresql://it/shop" not in urls
        assert seeded[1] not in {each.database_url for each in sides.projects.values()}
