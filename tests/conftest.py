import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import pytest

from tests.asking import ask, seeded  # noqa: F401
from tests.bytecode import pytest_configure, pytest_unconfigure  # noqa: F401
from tests.machine import pytest_runtest_protocol  # noqa: F401

# Fixtures of a conftest override those of pytest-django, fixtures of a plugin would not.
from tests.servers import (  # noqa: F401
    cache_url,
    database_url,
    django_db_modify_db_settings,
    memcached_url,
    servers,
)
from tests.upstreams import upstream_url  # noqa: F401

# How long an example takes says something of the machine and nothing of the code.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

# Where the tests run in the background of a script they ignore Ctrl-C, and so would all they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[1]
H2H = [sys.executable, "-m", "headtohead"]
# Seconds after which what is waited for never comes; a loaded machine takes long.
PATIENCE = 300
# Enough for a verdict however busy the machine is, and reached after the fewest pairs there can be.
UNTIL_SETTLED = ("--budget", "120", "--margin", "0.3")
# What would let a test of the command line use servers of the person who runs the tests.
PRIVATE = (
    *("DATABASE_URL", "CACHE_URL", "BROKER_URL", "MEMCACHED_URL"),
    *("DJANGO_SETTINGS_MODULE", "DJANGO_SECRET_KEY", "JWT_", "DEMO_PASSWORD", "H2H_"),
)


@dataclass(frozen=True, kw_only=True)
class Project:
    """A copy of the reference project in a folder of its own, and a way to give it commands."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, *arguments: str) -> Sequence[str]:
        return [*H2H, *arguments]

    def variables(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(PRIVATE)}
        return {**kept, "COLUMNS": "160", **self.environment}

    def h2h(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**self.variables(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def json(self, *arguments: str) -> dict:
        completed = self.h2h(*arguments, "--json")
        assert completed.returncode == 0, completed.stderr
        return json.loads(completed.stdout)

    def measure(self, *arguments: str) -> dict:
        """The record of a run; skips the test where others took the cores and it says so.

        So that no other test does, a test that calls this is to be marked `alone`.
        """
        completed = self.h2h("run", *arguments, "--json")
        if completed.returncode == 3 and completed.stdout:
            experiments = json.loads(completed.stdout)["experiments"]
            invalidating = {
                caveat["code"]
                for experiment in experiments
                for caveat in experiment["caveats"]
                if caveat["invalidates"]
            }
            if invalidating <= {"busy-machine", "stolen-cores"}:
                pytest.skip("other processes took the cores")
        assert completed.returncode == 0, completed.stderr
        return json.loads(completed.stdout)


def copy_project(folder: Path) -> Project:
    """The reference project without servers, data or results of its own."""
    for name in ("app", "dashboards", "loadtests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return Project(root=folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs servers by the fixtures it asks for, so that nobody forgets to."""
    for item in items:
        if {"servers", "project"} & set(item.fixturenames) or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.stack)
        if "variants_server" in item.fixturenames:
            item.add_marker(pytest.mark.load)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project whose stack is up: two workers and few rows."""
    project = copy_project(tmp_path_factory.mktemp("project"))
    started = project.h2h("up", "--rows", "300", "--api-workers", "2")
    try:
        assert started.returncode == 0, started.stderr
        yield Project(root=project.root, environment={"H2H_API_WORKERS": "2"})
    finally:
        project.h2h("down")


@contextmanager
def serving_variants() -> Iterator[str]:
    """The address of a fresh server whose paths name how its variants misbehave."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "variants_server.py")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def variants_server() -> Iterator[str]:
    with serving_variants() as url:
        yield url


@pytest.fixture
def other_variants_server() -> Iterator[str]:
    """Another one, for variants that are served by servers of their own."""
    with serving_variants() as url:
        yield url
