"""Servers beside the API of a stack: told apart by what is declared, gone when they should be."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from headtohead.errors import StackError
from headtohead.experiment import Server
from headtohead.host.cores import available_cores, server_cores
from headtohead.host.processes import alive
from headtohead.services.gunicorn import OWNER_VARIABLE
from headtohead.services.running_server import RunningServer
from headtohead.stack import lifecycle, variant_servers
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack
from tests.processes import processes_of
from tests.stack.stacks import PROJECT
from tests.stack.test_lifecycle import get as get_from_api

pytestmark = pytest.mark.stack

RED, BLUE = (
    Server(environment={"COLOUR": "red"}),
    Server(environment={"COLOUR": "blue"}),
)

KEEP_ONE_UP = """
import sys
from pathlib import Path
from headtohead.experiment import Server
from headtohead.stack.variant_servers import beside

with beside(Path(sys.argv[1]), {"shop/red": Server()}) as started:
    print(started["shop/red"].pid, flush=True)
    sys.stdin.read()
"""


def get(server: RunningServer, path: str) -> str:
    with urlopen(f"http://{server.address}{path}", timeout=10) as response:
        return response.read().decode()


def served_for_others(directory: Path) -> list[psutil.Process]:
    return [each for each in processes_of(directory) if OWNER_VARIABLE in each.environ()]


@contextmanager
def keeping_one_up(directory: Path) -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    """Another process with a server beside the stack; killed in the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", KEEP_ONE_UP, directory],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT.parents[2],
    )
    try:
        yield process, psutil.Process(int(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()


def test_servers_differ_in_what_is_declared_and_share_everything_else(
    running: RunningStack,
) -> None:
    with variant_servers.beside(running.directory, {"shop/red": RED, "shop/blue": BLUE}) as started:
        path = "/environment/?name=COLOUR&name=DATABASE_URL&name=CACHE_URL&name=H2H_TOKEN"
        answers = [get(started[name], path) for name in ("shop/red", "shop/blue")]
        assert '"red"' in answers[0]
        assert answers[0].replace('"red"', '"blue"') == answers[1]
        assert running.token in answers[0]
        assert get_from_api(running, path)["COLOUR"] is None
        metrics = {
            get(each, "/environment/?name=PROMETHEUS_MULTIPROC_DIR") for each in started.values()
        }
        assert len(metrics) == 2


def test_they_leave_the_generator_its_core_and_the_api_as_it_is(running: RunningStack) -> None:
    with variant_servers.beside(running.directory, {"shop/red": RED}) as started:
        server = psutil.Process(started["shop/red"].pid)
        for each in (server, *server.children(recursive=True)):
            assert {*each.cpu_affinity()} == {*server_cores(available_cores())}
        assert get_from_api(running, "/health/")["status"] == "ok"
    assert psutil.Process(running.servers[-1].pid).is_running()


@pytest.mark.parametrize(
    ("interface", "request_class"), [("wsgi", "WSGIRequest"), ("asgi", "ASGIRequest")]
)
def test_a_server_speaks_the_interface_that_is_declared(
    running: RunningStack, interface: str, request_class: str
) -> None:
    declared = {"shop/red": Server(interface=interface)}
    with variant_servers.beside(running.directory, declared) as started:
        assert request_class in get(started["shop/red"], "/interface/")


def test_what_stands_in_for_a_service_is_up_and_its_address_known(running: RunningStack) -> None:
    declared = {"shop/red": Server(upstream="shop.upstream:application")}
    with variant_servers.beside(running.directory, declared) as started:
        stand_in = started["upstream of shop/red"]
        assert get(stand_in, "/anything/") == '"what the shop asks"'
        assert stand_in.address in get(started["shop/red"], "/environment/?name=UPSTREAM_URL")


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_nothing_is_left_when_the_block_ends_in_an_error(
    running: RunningStack, error: type[BaseException]
) -> None:
    with pytest.raises(error), variant_servers.beside(running.directory, {"shop/red": RED}):
        assert served_for_others(running.directory)
        raise error
    assert served_for_others(running.directory) == []


def test_one_that_does_not_start_says_why_and_takes_the_others_down(running: RunningStack) -> None:
    broken = Server(environment={"DJANGO_SETTINGS_MODULE": "shop.absent"})
    with (
        pytest.raises(StackError, match="API shop/blue does not start.*shop.absent"),
        variant_servers.beside(running.directory, {"shop/red": RED, "shop/blue": broken}),
    ):
        pytest.fail("the block must not begin")
    assert served_for_others(running.directory) == []
    assert get_from_api(running, "/health/")["status"] == "ok"


def test_what_a_killed_process_left_is_stopped_by_the_next(running: RunningStack) -> None:
    with keeping_one_up(running.directory) as (owner, server):
        with variant_servers.beside(running.directory, {"shop/blue": BLUE}):
            assert alive(server)  # somebody else's
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        with variant_servers.beside(running.directory, {"shop/blue": BLUE}) as started:
            assert not alive(server)
            mine = {each.pid for each in served_for_others(running.directory)}
            assert started["shop/blue"].pid in mine


def test_down_stops_what_a_killed_process_left(
    running: RunningStack, settings: StackSettings
) -> None:
    with keeping_one_up(running.directory) as (owner, server):
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        assert alive(server)
        lifecycle.down(settings)
        assert processes_of(settings.directory) == []


def test_without_a_stack_there_is_nothing_to_stand_beside(tmp_path: Path) -> None:
    with (
        pytest.raises(StackError, match="h2h up"),
        variant_servers.beside(tmp_path, {"shop/red": RED}),
    ):
        pytest.fail("the block must not begin")
