"""What servers answer that are really asked, however oddly they do."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep, strftime

import pytest

from headtohead.compare import answers, asking
from headtohead.compare.answers import Looked, look
from headtohead.compare.endpoints import ComparedEndpoint, common_headers, endpoints_at
from headtohead.errors import MeasurementError
from headtohead.records.encoding import encode
from headtohead.records.run import UntimedEndpoint
from headtohead.stack import target

SECRET = "canary-5up3r"


class Odd(BaseHTTPRequestHandler):
    """Answers as its path says; each server has a port of its own."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        with suppress(ConnectionError):
            getattr(self, f"_{self.path.strip('/')}")()

    def do_POST(self) -> None:
        self.do_GET()

    def _chunks(self) -> None:
        self._head("Transfer-Encoding", "chunked")
        while True:
            self.wfile.write(b"6\r\ndata:\n\r\n")
            sleep(0.05)

    def _lines(self) -> None:
        self._head("Connection", "close")
        while True:
            self.wfile.write(b"data:\n")
            sleep(0.05)

    def _silence(self) -> None:
        self._head("Content-Length", "10")
        self.server.over.wait(30)

    def _nothing(self) -> None:
        self.server.over.wait(30)

    def _flood(self) -> None:
        self._head("Connection", "close")
        while True:
            self.wfile.write(bytes(65536))

    def _gone(self) -> None:
        self.close_connection = True

    def _short(self) -> None:
        self._head("Content-Length", "10")
        self.wfile.write(b"short")
        self.close_connection = True

    def _clock(self) -> None:
        self._say({"at": strftime("%H:%M:%S"), "name": "tea"})

    def _echo(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length).decode()
        self._say([self.command, self.headers.get("Content-Type"), body])

    def _whoami(self) -> None:
        self._say({"you": self.headers["Authorization"], "port": self.server.server_port % 2})

    def _login(self) -> None:
        self.send_response(302)
        self.send_header("Location", f"/login/{self.headers['Authorization']}/?next=/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _head(self, name: str, value: str) -> None:
        self.send_response(200)
        self.send_header(name, value)
        self.end_headers()

    def _say(self, answer: object) -> None:
        data = json.dumps(answer).encode()
        self._head("Content-Length", str(len(data)))
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Odd) for _ in range(2)]
    for server in servers:
        server.over, server.block_on_close = threading.Event(), False
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    addresses = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    yield dict(zip(("base", "head"), addresses, strict=True))
    for server in servers:
        server.over.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(answers, "SECONDS_APART", 0.0)
    monkeypatch.setattr(asking, "ENDS_WITHIN_SECONDS", 0.2)
    monkeypatch.setattr(asking, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(target, "TIMEOUT_SECONDS", 0.2)


def looked(urls: dict[str, str], *endpoints: ComparedEndpoint, **secrets: str) -> list[Looked]:
    headers = {
        side: common_headers(
            [f"Authorization: Token {secrets.get(side, SECRET)}"], token="measured"
        )
        for side in urls
    }
    return look(endpoints, urls=urls, headers=headers)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    ("path", "kind", "reason"),
    [
        ("/chunks/", "skipped", "base's answer does not end"),
        ("/lines/", "skipped", "base's answer does not end"),
        ("/flood/", "skipped", "base's answer is longer than 1 MB"),
        ("/nothing/", "skipped", "base does not answer within 30 s"),
        ("/gone/", "failed", "base breaks its answer off"),
        ("/short/", "failed", "base breaks its answer off"),
    ],
)
def test_what_gives_no_whole_answer_is_not_timed_and_soon_told(urls, path, kind, reason):
    began = monotonic()
    ((found),) = looked(urls, *endpoints_at([path]))
    assert found == UntimedEndpoint(path=path, reason=reason, kind=kind)
    assert monotonic() - began < 3


@pytest.mark.usefixtures("hurried")
def test_an_answer_that_stops_in_the_middle_is_one_without_an_end(urls, monkeypatch):
    monkeypatch.setattr(target, "TIMEOUT_SECONDS", 10)
    (found,) = looked(urls, *endpoints_at(["/silence/"]))
    assert found.reason == "base's answer does not end"


@pytest.mark.usefixtures("hurried")
def test_others_are_looked_at_all_the_same(urls):
    lost, found = looked(urls, *endpoints_at(["/lines/", "/echo/"]))
    assert (lost.path, found) == ("/lines/", ())


@pytest.mark.usefixtures("hurried")
def test_method_and_body_are_sent_as_they_are(urls, monkeypatch):
    seen: list[bytes] = []
    monkeypatch.setattr(
        answers, "judged", lambda _, *, base, head: seen.extend([*map(_body, (*base, *head))])
    )
    looked(urls, *endpoints_at(["/echo/"], method="POST", body='{"name": "Å"}'))
    assert seen == [json.dumps(["POST", "application/json", '{"name": "Å"}']).encode()] * 4


def _body(response: asking.Response) -> bytes:
    return response.body


def test_a_time_of_the_day_is_found_to_change(urls):
    (((caveat),),) = looked(urls, *endpoints_at(["/clock/"]))
    assert (caveat.code, "(body.at)" in caveat.message) == ("bodies-vary", True)


@pytest.mark.usefixtures("hurried")
def test_what_was_sent_is_told_nowhere_and_makes_no_difference(urls):
    found = looked(urls, *endpoints_at(["/whoami/", "/login/"]), head="other-" + SECRET)
    assert SECRET.encode() not in encode(found)
    _, untimed = found
    assert untimed.reason.startswith("both answer 302 and redirect to /login/[secret]/; log in")


@pytest.mark.usefixtures("hurried")
def test_nobody_listening_ends_the_comparison(urls):
    with pytest.raises(MeasurementError, match="nothing answers at http://127.0.0.1:9"):
        looked({**urls, "head": "http://127.0.0.1:9"}, *endpoints_at(["/echo/"]))
