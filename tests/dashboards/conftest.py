"""What the tests of dashboards share."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from dashboards.build import render
from dashboards.checks.sources import Postgres, Prometheus
from headtohead.host import ports
from headtohead.services.databases.postgresql import PostgreSQL
from tests.conftest import ROOT
from tests.dashboards import made_rows, made_series
from tests.dashboards.declared import DECLARED
from tests.programs import required
from tests.waiting import PATIENCE, eventually

GENERATED = ROOT / "dashboards" / "generated"


@pytest.fixture
def generated() -> list[dict[str, Any]]:
    """The committed dashboards, for a test to read or to spoil."""
    return [json.loads(path.read_text()) for path in sorted(GENERATED.glob("*.json"))]


@pytest.fixture(scope="session")
def drawn() -> list[dict[str, Any]]:
    """The dashboards of the experiments that are declared for tests."""
    return [json.loads(text) for text in render(DECLARED).values()]


@pytest.fixture(scope="session")
def made_prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that scrapes nobody and has the made series."""
    promtool, program = (
        required(each, package="prometheus") for each in ("promtool", "prometheus")
    )
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "series.txt").write_text(made_series.openmetrics())
    subprocess.run(
        [*(promtool, "tsdb", "create-blocks-from", "openmetrics"), "series.txt", "data"],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    (folder / "prometheus.yml").touch()
    process = subprocess.Popen(
        [
            *(program, f"--web.listen-address={ports.HOST}:0", "--log.level=warn"),
            # What is older than its retention would be deleted.
            *("--storage.tsdb.path=data", "--storage.tsdb.retention.time=100y"),
        ],
        cwd=folder,
    )
    try:
        eventually(lambda: _ready(process.pid), patience=PATIENCE)
        yield Prometheus(url=_address(process.pid), scrape_seconds=made_series.SCRAPE_SECONDS)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def made_postgres(database_url: str) -> Iterator[Postgres]:
    """A database of its own on the real server, with the made rows."""
    # Where the server is the user's own, processes of the suite share it.
    name = f"made_rows_{os.getpid()}"
    url = PostgreSQL().create(database_url, name=name)
    made_rows.write(url)
    yield Postgres(url=url)
    PostgreSQL().drop(database_url, name=name)


def _address(pid: int) -> str:
    (port,) = {
        each.laddr.port
        for each in psutil.Process(pid).net_connections()
        if each.status == psutil.CONN_LISTEN
    }
    return f"http://{ports.HOST}:{port}"


def _ready(pid: int) -> bool:
    try:
        with urllib.request.urlopen(f"{_address(pid)}/-/ready", timeout=10) as response:
            return bool(response.read())
    except (OSError, ValueError):
        # It listens to nobody yet, or is still reading.
        return False
