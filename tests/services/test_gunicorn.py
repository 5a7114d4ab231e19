"""What is started to serve a project, by gunicorn or by a command of its own."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

from headtohead.errors import ConfigurationError, StackError
from headtohead.host import ports
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services import gunicorn
from headtohead.services.gunicorn import GunicornSettings
from tests.services.test_django_project import project


@pytest.fixture
def start(tmp_path):
    there = project(
        runs_in=PythonEnvironment(root=tmp_path, interpreter=Path(sys.executable)),
        directory=tmp_path,
    )
    serving = GunicornSettings(
        name="API",
        application="shop.wsgi:application",
        config=None,
        workers=2,
        port=0,
        health=None,
        log=tmp_path / "api.log",
        metrics=tmp_path / "metrics",
    )
    return lambda **changes: replace(serving, **changes).start(there, environment={})


@pytest.fixture
def started(start, monkeypatch):
    """What would be started: the words of its command, and its variables."""
    found: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(
        gunicorn.processes,
        "spawn",
        lambda words, *, environment, **_: found.append((list(map(str, words)), environment)),
    )

    def words_and_variables(**changes: object) -> tuple[list[str], dict[str, str]]:
        start(**changes)
        return found[-1]

    return words_and_variables


def test_a_command_is_told_where_to_listen_in_its_own_words(started):
    words, variables = started(command="python -m serve '--at={host}' {port} {bind}", port=8123)
    assert words == [sys.executable, "-m", "serve", "--at=127.0.0.1", "8123", "127.0.0.1:8123"]
    # Programs of the project's environment come first.
    assert variables["PATH"].startswith(str(Path(sys.executable).parent))


@pytest.mark.parametrize("command", ["serve", "serve '{bind}", "serve {bind"])
def test_a_command_that_cannot_work_is_told(command, started):
    with pytest.raises(ConfigurationError):
        started(command=command)


def test_a_program_that_is_not_there_is_told(started):
    with pytest.raises(StackError, match="no program 'absent'"):
        started(command="absent {bind}")


def test_the_projects_own_configuration_of_gunicorn_holds(started, tmp_path, monkeypatch):
    assert started()[1]["H2H_GUNICORN_CONFIG"] == ""
    (tmp_path / "gunicorn.conf.py").touch()
    monkeypatch.setenv(
        "GUNICORN_CMD_ARGS",
        "--reload --threads=3 --max-requests 5 --max-requests-jitter=2 -t 9 --reload-engine poll",
    )
    words, variables = started()
    assert variables["H2H_GUNICORN_CONFIG"] == str(tmp_path / "gunicorn.conf.py")
    assert words[words.index("--workers") + 1] == "2"
    assert variables["GUNICORN_CMD_ARGS"] == "--threads=3 -t 9"
    assert "--worker-class=asgi" not in words
    asgi = ("--worker-class=asgi", "--threads=1", "shop.wsgi:application")
    assert tuple(started(worker_class="asgi")[0][-3:]) == asgi
    assert started(config="other.py")[1]["H2H_GUNICORN_CONFIG"] == str(tmp_path / "other.py")


@contextmanager
def stranger(answer: bytes) -> Iterator[int]:
    """The port of somebody who answers so."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(answer)

    with ThreadingTCPServer((ports.HOST, 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


SERVE = "python -m http.server --bind {host} {port}"


@pytest.mark.process
@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 404 No\r\n\r\n"],
    ids=["nothing", "200", "404"],
)
def test_a_port_that_somebody_else_takes_meanwhile_is_left_to_them(answer, start, monkeypatch):
    with stranger(answer) as taken:
        chosen = iter([taken, taken, ports.free_port()])
        monkeypatch.setattr(ports, "free_port", lambda: next(chosen))
        server = start(command=SERVE)
        try:
            running = server.await_healthy()
            assert running.address != f"{ports.HOST}:{taken}"
            assert (running.pid, running.address) == (
                server.process.pid,
                f"{ports.HOST}:{server.port}",
            )
            assert ports.listener(server.port) == server.process
        finally:
            gunicorn.stop([server.process])


@pytest.mark.process
def test_who_never_gets_a_port_is_told_so(start, monkeypatch):
    with closing(ports.bind(0)) as held:
        held.listen()
        monkeypatch.setattr(gunicorn, "_health", lambda _, **__: None)
        monkeypatch.setattr(ports, "free_port", lambda: ports.port_of(held))
        with pytest.raises(StackError, match="gets no port"):
            start(command=SERVE).await_healthy()


@pytest.mark.process
def test_a_server_that_ends_by_itself_is_not_started_again(start):
    with pytest.raises(StackError, match="does not start: enough"):
        start(command="python -c 'raise SystemExit(\"enough\")' {port}").await_healthy()
