import gc
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest

from headtohead.config import Config
from headtohead.config_loading import load_config
from headtohead.experiment import Experiment
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.stack import temporary_stack
from headtohead.stack.settings import stack_settings
from headtohead.stack.state import RunningStack
from tests.asking import ask, seeded  # noqa: F401
from tests.command_line import give
from tests.golden import golden, pytest_addoption  # noqa: F401
from tests.machine import pytest_runtest_protocol  # noqa: F401
from tests.processes import processes_of

# Fixtures of a conftest override those of pytest-django, fixtures of a plugin would not.
from tests.servers import (  # noqa: F401
    cache_url,
    database_url,
    django_db_modify_db_settings,
    memcached_url,
    servers,
)
from tests.upstreams import upstream_url  # noqa: F401

# How long an example takes says something of the machine and nothing of the code. There are few by
# day, and many by night (`make test-all`).
for profile, examples in (("day", 40), ("night", 200)):
    hypothesis.settings.register_profile(
        profile,
        deadline=None,
        max_examples=examples,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
hypothesis.settings.load_profile("day")

# It asks a program, once in a process.
platform.platform()

# Of what `make unit` leaves out, what may start other programs.
SLOW = ("stack", "load", "browser", "revisions", "process", "nightly")

# Where the tests run in the background of a script they ignore Ctrl-C, under nohup the end of the
# terminal, and so would all they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def no_connection_left() -> Iterator[None]:
    """The API's connection that asks for epochs would keep the database of tests from going."""
    yield
    epochs = sys.modules.get("app.caching.epochs")
    if epochs is not None and epochs._connection is not None:
        epochs._connection.close()
        epochs._connection = None
        epochs._known = epochs._known._replace(until=float("-inf"))


H2H = [sys.executable, "-m", "headtohead"]
# Enough for a verdict however busy the machine is, and reached after the fewest pairs there can be.
UNTIL_SETTLED = ("--budget", "120", "--margin", "0.3")
# What would let a test of the command line use servers of the person who runs the tests.
PRIVATE = (
    *("DATABASE_URL", "CACHE_URL", "BROKER_URL", "MEMCACHED_URL"),
    *("DJANGO_SETTINGS_MODULE", "DJANGO_SECRET_KEY", "JWT_", "DEMO_PASSWORD", "H2H_"),
)


@dataclass(frozen=True, kw_only=True)
class Project:
    """A copy of the reference project in a folder of its own, and a way to give it commands.

    Attributes:
        root: Its folder.
        environment: Variables that its commands get.
        changed: Whether its code is other than ours, so that no command may run in this process,
            which has imported ours.
    """

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    changed: bool = False

    def command(self, *arguments: str) -> Sequence[str]:
        return [*H2H, *arguments]

    def variables(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(PRIVATE)}
        return {**kept, "COLUMNS": "160", **self.environment}

    def config(self) -> Config:
        return load_config(start=self.root, environment=self.variables(), flags={})

    def h2h(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        if not self.changed:
            variables = {**self.variables(), **environment}
            return give(*arguments, folder=self.root, environment=variables)
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**self.variables(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def scratch(
        self, *, rows: int, workers: int = 1, experiments: Sequence[Experiment] = ()
    ) -> AbstractContextManager[RunningStack]:
        """An API beside the stack that is up, on rows that a test may change."""
        settings = stack_settings(self.config(), experiments)
        return temporary_stack.scratch(
            settings, rows=rows, seed=1, workers=workers, progress=lambda step: None
        )

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """A command in a process of its own, for a test to interrupt."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env={**self.variables(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def metrics_request(self) -> urllib.request.Request:
        """For what Prometheus reads of the API that is up."""
        listed = self.json("list", "product-list")
        sent = listed["experiments"][0]["variants"][0]["request"]["headers"]
        return urllib.request.Request(
            f"{listed['base_url']}/metrics", headers={TOKEN_HEADER: sent[TOKEN_HEADER]}
        )

    def json(self, *arguments: str) -> dict:
        completed = self.h2h(*arguments, "--json")
        assert completed.returncode == 0, completed.stderr
        return json.loads(completed.stdout)


def copy_project(folder: Path, *, changed: bool = False) -> Project:
    """The reference project without servers, data or results of its own."""
    for name in ("app", "dashboards", "loadtests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return Project(root=folder, changed=changed)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs servers by the fixtures it asks for, so that nobody forgets to.

    Files with slow tests come first: the many quick ones then fill what is left of the processes.
    """
    for item in items:
        if {"servers", "project"} & set(item.fixturenames) or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.stack)
        if "variants_server" in item.fixturenames:
            item.add_marker(pytest.mark.load)
    slow = {item.path for item in items if any(map(item.get_closest_marker, SLOW))}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def fast_tests_start_no_program(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail whatever would make `make unit` slow without saying so."""

    def start(*_: object, **__: object) -> None:
        pytest.fail("it starts a program: mark it with `process`")

    if not any(map(request.node.get_closest_marker, SLOW)):
        monkeypatch.setattr("subprocess.Popen.__init__", start)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was collected, which stays until the end."""
    gc.freeze()


@contextmanager
def temporary_project(*, changed: bool = False) -> Iterator[Project]:
    """A copy of the project, of which nothing runs in the end.

    It is not in pytest's folder: PostgreSQL's account has to pass through every folder above its
    data, and pytest closes its own to others whenever another session begins.
    """
    with TemporaryDirectory(prefix="h2h-test-") as folder:
        project = copy_project(Path(folder).resolve(), changed=changed)
        try:
            yield project
        finally:
            project.h2h("down")
        assert processes_of(project.root) == []


@pytest.fixture(scope="session")
def project() -> Iterator[Project]:
    """A project whose stack is up: two workers and few rows."""
    with temporary_project() as project:
        started = project.h2h("up", "--rows", "300", "--api-workers", "2")
        assert started.returncode == 0, started.stderr
        yield replace(project, environment={"H2H_API_WORKERS": "2"})


@pytest.fixture
def fresh() -> Iterator[Project]:
    """A project of the test's own, of which nothing runs yet."""
    with temporary_project() as project:
        yield project


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
