"""What stands in for services that the API asks, started once and served as the stack serves it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from headtohead.host import ports

ROOT = Path(__file__).parents[1]
UpstreamUrl = Callable[[str], str]


@pytest.fixture(scope="session")
def upstream_url() -> Iterator[UpstreamUrl]:
    """The address of an ASGI application, given as `package.module:callable`."""
    started: dict[str, str] = {}
    with ExitStack() as running:

        def url_of(application: str) -> str:
            if application not in started:
                started[application] = running.enter_context(serving(application))
            return started[application]

        yield url_of


@contextmanager
def serving(application: str) -> Iterator[str]:
    # The kernel keeps those who connect waiting until the application is there.
    with ports.bind(0) as bound:
        bound.listen()
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--worker-class=asgi", "--log-level=warning"),
                *("--no-control-socket", "--bind", f"fd://{bound.fileno()}", application),
            ],
            cwd=ROOT,
            pass_fds=[bound.fileno()],
        )
        url = f"http://{ports.HOST}:{ports.port_of(bound)}"
    try:
        yield url
    finally:
        process.terminate()
        process.wait()
