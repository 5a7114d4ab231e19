"""The lean client: right, and to Locust's listeners the same as FastHttpUser's."""

import gzip
import json
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep

import pytest

from tests.load.scripted_server import GONE, SILENT, Answer, serving

pytestmark = pytest.mark.load

BODY = b'{"rows": [1, 2, 3]}'
PACKED = gzip.compress(BODY)
# A body that breaks off.
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"


def answer(
    body: bytes = BODY, *, status: str = "200 OK", headers: tuple[bytes, ...] = (), **how: bool
) -> Answer:
    lines = [f"HTTP/1.1 {status}".encode(), b"Content-Length: %d" % len(body), *headers]
    return Answer(b"\r\n".join(lines) + b"\r\n\r\n" + body, **how)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", headers: bytes = b"") -> Answer:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + headers + b"\r\n"
    return Answer(head + b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in chunks) + end)


class Sender:
    """The process that sends."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def user(self, url: str, *, kind: str = "lean", **attributes: object) -> dict:
        settings = {"network_timeout": 10, "connection_timeout": 10, **attributes}
        return self._say({"user": {"kind": kind, "host": url, **settings}})

    def request(self, method: str = "GET", url: str = "/path?page=2", **fields: object) -> dict:
        asked = {"method": method, "url": url, "name": "e/one", "allow_redirects": False, **fields}
        return self._say({"request": asked})

    def _say(self, command: dict) -> dict:
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("requesting.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Sender(process)
        process.stdin.close()


@pytest.fixture
def ask(sender: Sender) -> Callable[..., dict]:
    """Send one request with the lean client to a server that gives one answer."""

    def ask(
        given: Answer, method: str = "GET", timeout: float = 10, read_bytes: int = 65536
    ) -> dict:
        with serving([given]) as server:
            sender.user(
                server.url,
                network_timeout=timeout,
                connection_timeout=3600,
                read_bytes=read_bytes,
            )
            return sender.request(method)

    return ask


def failed(event: dict) -> bool:
    (sample,) = event["samples"]
    assert sample["error"] == event["exception"]
    return bool(event["exception"])


def test_requests_of_one_user_go_over_one_connection(sender):
    with serving([answer()] * 3) as server:
        sender.user(server.url)
        events = [sender.request() for _ in range(3)]
    assert not any(failed(event) for event in events)
    assert [len(requests) for requests in server.requests] == [3]


@pytest.mark.parametrize("read_bytes", [1, 7, 65536])
@pytest.mark.parametrize(
    "given",
    [
        answer(),
        chunked(BODY[:5], BODY[5:]),
        chunked(BODY, end=b"0\r\nTrailer-Field: value\r\n\r\n"),
        Answer(b"HTTP/1.1 200 OK\r\n\r\n" + BODY, close=True),
        Answer(b"HTTP/1.0 200 OK\r\n\r\n" + BODY, close=True),
        Answer(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer().data),
        answer(PACKED, headers=(b"Content-Encoding: gzip",)),
        answer(zlib.compress(BODY), headers=(b"Content-Encoding: deflate",)),
        answer(zlib.compress(BODY, wbits=-15), headers=(b"Content-Encoding: deflate",)),
        chunked(
            gzip.compress(BODY)[:7], gzip.compress(BODY)[7:], headers=b"content-encoding: gzip\r\n"
        ),
    ],
    ids=[
        "length",
        "chunks",
        "trailer",
        "close",
        "http-1.0",
        "early-hints",
        "gzip",
        "zlib",
        "deflate",
        "gzip-chunks",
    ],
)
def test_body_is_read_whole_and_decoded(ask, given, read_bytes):
    event = ask(given, read_bytes=read_bytes)
    assert not failed(event)
    assert event["content"] == BODY.decode()
    assert event["samples"][0]["checksum"] == zlib.crc32(BODY)
    assert event["response_length"] == event["samples"][0]["body_bytes"] == len(BODY)


@pytest.mark.parametrize("read_bytes", [1, 7, 65536])
def test_header_is_read_whole(ask, read_bytes):
    fields = (b"X-Empty:", b"Server-Timing: db;dur=1.5, cache;dur=0")
    event = ask(answer(headers=fields), read_bytes=read_bytes)
    assert event["samples"][0]["server_timing"] == "db;dur=1.5, cache;dur=0"
    assert ["X-Empty", ""] in event["headers"]


def test_body_larger_than_a_read_is_read_whole(ask):
    body = bytes(range(256)) * 4000
    event = ask(answer(body))
    assert event["response_length"] == len(body)
    assert event["samples"][0]["checksum"] == zlib.crc32(body)


@pytest.mark.parametrize(
    ("method", "status", "headers"),
    [
        ("HEAD", "200 OK", b"Content-Length: 1000\r\n"),
        ("HEAD", "200 OK", b"Transfer-Encoding: chunked\r\n"),
        ("HEAD", "200 OK", b"Content-Length: 1000\r\nContent-Encoding: gzip\r\n"),
        ("GET", "204 No Content", b""),
        ("GET", "304 Not Modified", b"Content-Length: 1000\r\n"),
    ],
)
def test_answers_without_a_body_end_with_their_headers(sender, method, status, headers):
    bare = Answer(f"HTTP/1.1 {status}\r\n".encode() + headers + b"\r\n")
    with serving([bare, answer()]) as server:
        sender.user(server.url)
        event = sender.request(method)
        assert not failed(event)
        assert (event["status"], event["response_length"]) == (int(status[:3]), 0)
        # What comes next over the same connection is the next answer.
        assert sender.request()["content"] == BODY.decode()
    assert [len(requests) for requests in server.requests] == [2]


@pytest.mark.parametrize(
    "given",
    [
        Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + BODY, close=True),
        Answer(b"HTTP/1.1 200 OK\r\nContent-", close=True),
        Answer(chunked(BODY).data[:-5], close=True),
        Answer(chunked(BODY).data[:-9], close=True),
        Answer(b"HTTP/1.1 103 Early Hints\r\n\r\n", close=True),
        Answer(b"SSH-2.0-OpenSSH_9.2\r\n", close=True),
        Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnothing\r\n", close=True),
        Answer(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", close=True),
        Answer(answer().data + answer().data),
        Answer(answer().data + b"and more"),
        answer(PACKED[:-9], headers=(b"Content-Encoding: gzip",)),
        answer(BODY, headers=(b"Content-Encoding: gzip",)),
        answer(BODY, headers=(b"Content-Encoding: br",)),
        answer(BODY, headers=(b"Content-Encoding: unheard-of",)),
    ],
    ids=[
        "short-body",
        "short-head",
        "no-last-chunk",
        "short-chunk",
        "only-early-hints",
        "no-http",
        "bad-chunk",
        "bad-length",
        "two-answers",
        "too-long",
        "short-gzip",
        "no-gzip",
        "no-brotli",
        "unknown-coding",
    ],
)
def test_what_is_no_whole_answer_is_an_error(ask, given):
    event = ask(given)
    assert failed(event)
    assert event["response_length"] == 0


def test_body_that_must_not_be_is_an_error(ask):
    assert failed(ask(answer(), method="HEAD"))
    assert failed(ask(Answer(b"HTTP/1.1 204 No Content\r\n\r\n" + BODY)))


def test_user_goes_on_after_an_error(sender):
    with serving([Answer(b"no HTTP\r\n\r\n")], [answer()]) as server:
        sender.user(server.url)
        assert failed(sender.request())
        assert not failed(sender.request())


@pytest.mark.parametrize("given", [SILENT, Answer(SHORT)])
def test_answer_that_does_not_come_in_time_is_an_error(ask, given):
    event = ask(given, timeout=0.1)
    assert failed(event)
    assert "timed out" in event["exception"]
    assert event["samples"][0]["milliseconds"] >= 100


def test_answer_without_an_end_is_an_error_though_each_part_comes_in_time(sender):
    event = {}

    def trickle() -> None:
        with suppress(OSError):
            while not event:
                server.push(b"1\r\n.\r\n")
                sleep(0.02)

    with serving([chunked(b"begun", end=b"")]) as server:
        sender.user(server.url, network_timeout=10, whole_seconds=0.2)
        trickling = threading.Timer(0.1, trickle)
        trickling.start()
        event = sender.request()
        trickling.join()
    assert "timed out before the end" in event["exception"]
    assert 200 <= event["samples"][0]["milliseconds"] < 5000


def test_connection_that_is_not_made_in_time_is_an_error(sender):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        sender.user(f"http://127.0.0.1:{address[1]}", connection_timeout=0.2, network_timeout=3600)
        event = sender.request()
        for each in waiting:
            each.close()
    assert "timed out" in event["exception"]


def test_refused_connection_is_an_error(sender):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    sender.user(f"http://127.0.0.1:{port}")
    assert "ConnectionRefusedError" in sender.request()["exception"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("header", [(), (b"Connection: close",)])
def test_connection_that_the_server_closed_is_opened_again(sender, method, header):
    with serving([answer(headers=header, close=True)], [answer()]) as server:
        sender.user(server.url)
        assert not failed(sender.request(method))
        server.await_close(0)
        assert not failed(sender.request(method))
    assert [len(requests) for requests in server.requests] == [1, 1]


def test_announced_close_is_honoured_though_the_server_waits(sender):
    with serving([answer(headers=(b"Connection: close",)), answer()], [answer()]) as server:
        sender.user(server.url)
        sender.request()
        server.await_close(0)
        assert not failed(sender.request())
    assert [len(requests) for requests in server.requests] == [1, 1]


def test_request_that_met_a_closing_connection_is_sent_again(sender):
    with serving([answer(), GONE], [answer()]) as server:
        sender.user(server.url)
        sender.request()
        assert not failed(sender.request())
    assert [len(requests) for requests in server.requests] == [2, 1]


def test_request_that_may_have_been_carried_out_is_not_sent_again(sender):
    with serving([answer(), GONE], [answer()]) as server:
        sender.user(server.url)
        sender.request("POST", data="a=1")
        assert failed(sender.request("POST", data="a=1"))
    assert [len(requests) for requests in server.requests] == [2]


@pytest.mark.parametrize("broken", [GONE, Answer(SHORT, close=True)])
def test_answer_that_breaks_off_is_not_asked_for_again(sender, broken):
    first = [] if broken is GONE else [answer()]
    with serving([*first, broken], [answer()]) as server:
        sender.user(server.url)
        for _ in first:
            sender.request()
        assert failed(sender.request())
    assert [len(requests) for requests in server.requests] == [len(first) + 1]


def test_stray_bytes_on_an_idle_connection_are_not_taken_for_an_answer(sender):
    stray = answer(b"stray", status="408 Request Timeout", close=True)
    with serving([answer()], [answer()]) as server:
        sender.user(server.url)
        sender.request()
        server.push(stray.data)
        event = sender.request()
    assert event["content"] == BODY.decode()
    assert [len(requests) for requests in server.requests] == [1, 1]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_status_that_says_failure_is_an_error(ask, status):
    event = ask(answer(status=f"{status} Something"))
    assert failed(event)
    assert str(status) in event["exception"]
    assert event["status"] == status
    assert event["content"] == BODY.decode()


def test_redirect_is_an_answer_like_any_other(sender):
    with serving([answer(status="302 Found", headers=(b"Location: /elsewhere",))]) as server:
        sender.user(server.url)
        event = sender.request()
    assert not failed(event)
    assert event["status"] == 302
    assert [len(requests) for requests in server.requests] == [1]


def test_large_body_is_sent_whole(sender):
    with serving([answer()]) as server:
        sender.user(server.url)
        assert not failed(sender.request("POST", data="x" * 5_000_000))
    assert server.requests[0][0].partition(b"\r\n\r\n")[2] == b"x" * 5_000_000


def test_refusal_of_a_body_that_is_still_under_way_is_an_answer(sender):
    refusal = answer(status="413 Content Too Large", early=True, close=True)
    with serving([refusal]) as server:
        sender.user(server.url)
        assert sender.request("POST", data="x" * 30_000_000)["status"] == 413


# What every client should see alike. The exceptions are those of Locust's own where it has any.
ALIKE = [
    answer(),
    answer(b""),
    answer(headers=(b"X-Twice: a", b"x-twice: b", b"Server-Timing: db;dur=1")),
    answer(headers=("Server-Timing: db;desc=\u00e9".encode(),)),
    answer(headers=("Server-Timing: db;desc=\u00e9".encode("latin-1"),)),
    answer(headers=(b"X-Empty:", b"X-Spaced:   a b  ")),
    answer(PACKED, headers=(b"Content-Encoding: gzip",)),
    chunked(BODY[:5], BODY[5:]),
    Answer(b"HTTP/1.1 200 OK\r\n\r\n" + BODY, close=True),
    answer(status="201 Created"),
    Answer(b"HTTP/1.1 204 No Content\r\n\r\n"),
    answer(status="302 Found", headers=(b"Location: /elsewhere",)),
    *(answer(status=f"{status} Any") for status in (210, 304, 399, 400, 404, 500, 599)),
    Answer(b"no HTTP\r\n\r\n", close=True),
    GONE,
]


def seen(event: dict) -> dict:
    """What both clients have to agree on: all but the times and the words of an exception."""
    (sample,) = event.pop("samples")
    for each in ("started", "milliseconds"):
        assert sample.pop(each) > 0
    failures = {"exception": bool(event.pop("exception")), "error": bool(sample.pop("error"))}
    return {**event, **sample, **failures, "client": "", "statistics": {}}


@pytest.mark.parametrize("given", ALIKE)
def test_listeners_are_told_what_fast_http_user_tells(sender, given):
    events = []
    for kind in ("lean", "fast"):
        # Locust's client asks again a dozen times where a server closes instead of answering.
        with serving(*[[given]] * 20) as server:
            sender.user(server.url, kind=kind)
            event = sender.request(headers={"Accept": "application/json"})
            events.append(seen({**event, "url": event["url"].removeprefix(server.url)}))
    lean, fast = events
    assert lean == fast


@pytest.mark.parametrize("status", [210, 400, 404, 500])
def test_status_is_an_error_in_the_words_of_fast_http_user(sender, status):
    words = []
    for kind in ("lean", "fast"):
        with serving([answer(status=f"{status} Any")]) as server:
            sender.user(server.url, kind=kind)
            words.append(sender.request()["exception"].replace(server.url, ""))
    assert words[0] == words[1]
    assert f"code={status}" in words[0]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"url": "/a b/\u00e9?q=\u00e9%20&r=1;2#fragment"},
        {"headers": {"Accept-Encoding": "identity", "X-Name": "\u00e9"}},
        {"headers": {"host": "other.example", "user-agent": "mine"}},
        {"headers": {"accept-encoding": "gzip"}},
        {"method": "POST"},
        {"method": "POST", "data": "a=\u00e9"},
        {"method": "PUT", "data": "{}", "headers": {"content-type": "application/json"}},
        {"method": "DELETE"},
        {"method": "HEAD"},
    ],
    ids=str,
)
def test_same_request_goes_over_the_wire_as_from_fast_http_user(sender, fields):
    sent = []
    for kind in ("lean", "fast"):
        with serving([answer()]) as server:
            sender.user(server.url, kind=kind, default_headers={"X-Default": "1"})
            sender.request(**fields)
            port = server.url.rpartition(":")[2].encode()
            sent.append(server.requests[0][0].replace(port, b""))
    lean, fast = (sorted(each.split(b"\r\n")) for each in sent)
    assert lean == fast


def test_requests_that_differ_in_anything_are_prepared_apart(sender):
    asked = [
        {},
        {"url": "/other"},
        {"method": "PUT"},
        {"method": "PUT", "data": "a"},
        {"method": "PUT", "data": "a", "headers": {"X-A": "1"}},
        {"method": "PUT", "data": "a", "headers": {"X-A": "2"}},
    ]
    with serving([answer()] * len(asked)) as server:
        sender.user(server.url)
        for fields in asked:
            sender.request(**fields)
    assert len(set(server.requests[0])) == len(asked)


def test_header_that_would_smuggle_another_is_not_sent(sender):
    with serving([answer()]) as server:
        sender.user(server.url)
        assert "ValueError" in sender.request(headers={"X-A": "1\r\nX-B: 2"})["escaped"]
    assert server.requests == []


def test_locusts_own_statistics_are_kept(sender):
    with serving([answer(), answer(status="500 Any"), answer(b"")]) as server:
        sender.user(server.url)
        name = server.url
        for _ in range(3):
            counted = sender.request(name=name)["statistics"]
    assert counted == {"requests": 3, "failures": 1, "bytes": 2 * len(BODY)}


def test_cookie_is_kept_as_fast_http_user_keeps_it(sender):
    requests = []
    for kind in ("lean", "fast"):
        given = answer(headers=(b"Set-Cookie: session=abc; Path=/",))
        with serving([given, answer()], [answer()]) as server:
            sender.user(server.url, kind=kind)
            assert not failed(sender.request())
            assert not failed(sender.request())
            sender.user(server.url, kind=kind)
        requests.append([each for connection in server.requests for each in connection][1])
    assert all(b"Cookie: session=abc\r\n" in each for each in requests)


def test_cookie_that_is_taken_back_changes_nothing(sender):
    given = answer(headers=(b"Set-Cookie: session=abc; Path=/; Max-Age=0",))
    with serving([given, given, given]) as server:
        sender.user(server.url)
        assert not any(failed(sender.request()) for _ in range(3))
    assert [len(requests) for requests in server.requests] == [3]


@pytest.mark.parametrize(
    "attributes", [{"proxy_host": "127.0.0.1", "proxy_port": 1}, {"max_retries": 1}]
)
def test_user_with_more_to_ask_has_fast_http_users_client(sender, attributes):
    assert sender.user("http://127.0.0.1:1", **attributes)["client"] == "FastHttpSession"


@pytest.mark.parametrize("host", ["https://127.0.0.1:1", "http://name:word@127.0.0.1:1"])
def test_host_beyond_plain_http_has_fast_http_users_client(sender, host):
    assert sender.user(host)["client"] == "FastHttpSession"
    assert sender.user("http://127.0.0.1:1")["client"] == "LeanSession"


def test_request_that_follows_redirects_is_left_to_fast_http_users_client(sender):
    moved = answer(status="302 Found", headers=(b"Location: /elsewhere",))
    with serving([moved, answer()]) as server:
        sender.user(server.url)
        assert sender.request(allow_redirects=True)["status"] == 200
    assert len(server.requests[0]) == 2
