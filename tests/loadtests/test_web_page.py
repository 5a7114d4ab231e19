"""Locust's web page starts load for whoever it is shown to, and for nobody else."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import pytest

from headtohead.host.ports import free_port
from tests.conftest import ROOT
from tests.waiting import eventually

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    port = free_port()
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--class-picker"),
            *("--web-host", "127.0.0.1", "--web-port", str(port), "--host", "http://127.0.0.1:9"),
        ],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    ) as locust:
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: asked(f"{url}/stats/requests") == 200)
        yield url
        locust.kill()


def asked(url: str, *, data: bytes | None = None, **headers: str) -> int:
    with suppress(urllib.error.URLError):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code
    return 0


@pytest.mark.parametrize("headers", [{"Host": "rebound.example"}, {"Origin": "https://a.example"}])
def test_a_page_of_another_site_starts_no_load_and_reads_nothing(
    headers: dict[str, str], page: str
) -> None:
    started = b"user_count=1&spawn_rate=1"
    assert asked(f"{page}/swarm", data=started, **headers) == 403
    assert asked(f"{page}/stats/requests", **headers) == 403
    assert asked(f"{page}/stats/requests", Origin=page) == 200
