"""One command at a time works on a stack, which is known when all of it is up."""

import fcntl
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from pkgutil import iter_modules

import psutil
import pytest

from headtohead import stack
from headtohead.services.api import Api
from headtohead.services.databases.embedded_postgresql import EmbeddedPostgres
from headtohead.services.django_project import Project
from headtohead.services.running_server import Endpoint, RunningServer
from headtohead.services.valkey import EmbeddedValkey
from headtohead.stack import lifecycle, revision_servers, temporary_stack
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack, State, locked, read_state, write_state
from tests.stack.stacks import ignore, settings_in

# Whatever changes a stack, or what is beside it.
COMMANDS: dict[str, Callable[[StackSettings], object]] = {
    "up": lambda settings: lifecycle.up(settings, progress=ignore),
    "down": lifecycle.down,
    "seed": lambda settings: lifecycle.seed(settings, rows=1, seed=1),
    "scratch": lambda settings: temporary_stack.scratch(
        settings, rows=1, seed=1, progress=ignore
    ).__enter__(),
    "apart": lambda settings: revision_servers.apart(settings, {}, progress=ignore).__enter__(),
}


class WaitsError(Exception):
    """A command that would wait for another one."""


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    flock = fcntl.flock

    def at_once(file: int, how: int) -> None:
        try:
            flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if how & fcntl.LOCK_NB:
                raise
            raise WaitsError from None

    monkeypatch.setattr("fcntl.flock", at_once)


def test_every_command_that_changes_a_stack_is_among_them() -> None:
    modules = [
        import_module(each.name) for each in iter_modules(stack.__path__, "headtohead.stack.")
    ]
    changing = {
        name
        for module in modules
        for name, each in vars(module).items()
        if isfunction(each) and each.__module__ == module.__name__ and name[0] != "_"
        if "settings" in signature(each).parameters
    }
    reading = {"missing", "status", "external_servers", "source_of"}
    reading |= {"application_of", "application_by", "project_of", "kept_away"}
    assert changing - reading == COMMANDS.keys()


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_waits_for_the_one_that_holds_the_stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    for name in ("_start", "stop"):
        monkeypatch.delattr(f"headtohead.stack.lifecycle.{name}")
    with locked(tmp_path / ".h2h", progress=ignore), pytest.raises(WaitsError):
        COMMANDS[command](settings_in(tmp_path / ".h2h"))


def test_whoever_waits_says_so_and_then_goes_on(tmp_path: Path) -> None:
    told: list[str] = []
    first = ExitStack()

    def tell(text: str) -> None:
        told.append(text)
        first.close()

    first.enter_context(locked(tmp_path / ".h2h", progress=ignore))
    with locked(tmp_path / ".h2h", progress=tell):
        assert len(told) == 1


def test_an_up_that_waited_takes_the_stack_that_the_other_brought_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path / ".h2h")
    running = RunningStack(
        api_url="http://127.0.0.1:1",
        database_url="postgresql:///",
        cache_url="redis://127.0.0.1:1/0",
        token="",
        rows=1,
        servers=(),
        broker_url="",
        memcached_url="",
        directory=settings.directory,
    )
    monkeypatch.setattr("headtohead.stack.state.healthy", lambda _, **__: True)
    monkeypatch.setattr("headtohead.stack.lifecycle.changed_at", lambda _: 0.0)
    monkeypatch.delattr("headtohead.stack.lifecycle._start")
    other = ExitStack()

    def end_the_other(_: str) -> None:
        launch = settings.as_launched()
        state = State(stack=running, launch=launch, created={"API": 1.0}, secrets={})
        write_state(state, settings.directory)
        other.close()

    other.enter_context(locked(settings.directory, progress=ignore))
    assert lifecycle.up(settings, progress=end_the_other) == running


def test_a_stack_is_known_when_all_of_its_servers_are_healthy_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path / ".h2h")
    steps: list[str] = []

    def step(name: str, result: object) -> Callable[..., object]:
        def take(*_: object, **__: object) -> object:
            assert read_state(settings.directory) is None
            steps.append(name)
            return result

        return take

    def server(name: str) -> RunningServer:
        return RunningServer(
            name=name,
            pid=psutil.Process().pid,
            address="127.0.0.1:1",
            log=None,
            version="1",
        )

    for kind, method, result in (
        (EmbeddedPostgres, "ensure", Endpoint(server=server("PostgreSQL"), url="postgresql:///")),
        (EmbeddedValkey, "ensure", Endpoint(server=server("Valkey"), url="redis://127.0.0.1:1/0")),
        (Project, "migrate", None),
        (Project, "count_rows", 30),
        (Api, "start", server("API")),
    ):
        monkeypatch.setattr(kind, method, step(f"{kind.__name__}.{method}", result))
    running = lifecycle.up(settings, progress=ignore)
    assert len(steps) == 5
    assert steps[-1] == "Api.start"
    state = read_state(settings.directory)
    assert state is not None
    assert state.stack == running
