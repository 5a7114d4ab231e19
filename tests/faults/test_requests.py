"""The API and requests that nobody should send."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse

import pytest

from tests.faults.addresses import Address, addresses
from tests.faults.cases import Seen, fault
from tests.faults.load import Answer, Client
from tests.faults.shop import Shop

pytestmark = pytest.mark.stack

PROBLEM = "application/problem+json"
# Content-Types that make Python fail in one way or another.
UNREADABLE = (
    "application/json; charset*=bogus''x",
    "application/json; charset*=utf-8''%00",
    "application/json; boundary*=bogus''x",
    "application/json; charset=base64",
    "application/json; charset=idna",
    "application/json; charset=bogus",
    "multipart/form-data; charset=\xff",
)
# Bodies that are no JSON, or no JSON that a program could work with.
NO_JSON = (
    b"[" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 100_000,
    b"[" * 500 + b"]" * 500,
    b"\xff",
    b"\xed\xa0\x80",
    b"\x00",
    b'{"a": 1e400}',
    b'{"a": NaN}',
    b'{"a": -Infinity}',
    b'{"a": ' + b"9" * 5000 + b"}",
)
# JSON that no field takes, in the place of one.
ODD_VALUES = (
    *("9" * 30, "-" + "9" * 30, "1e19", "9223372036854775808", "1.5", "true", "null"),
    *('"\\u0000"', '"\\ud800"', '"NaN"', '"1e999999999"', '"\\u00b2"', '"9223372036854775808"'),
    *("[]", "{}", "[[1]]", '["\\u0000"]', "[" * 20 + "]" * 20, '{"\\ud800": 1}'),
)
ODD_QUERIES = (
    *("page=1e400", "page=NaN", "page=%00", "page=%ff", "page=1&page=2", "page=%C2%B2"),
    *(f"page={'9' * 5000}", "page_size=1e400", "q=%00aa", "q=%ff%fe%fd", "q=%ed%a0%80aaa"),
    *("min_rating=1e400", "cursor=%00", "cursor=%C3%A9", "format=%00", "lang=%00", "&=&%"),
)
ODD_HEADERS = (
    *({"Accept": each} for each in ("bogus", "*/*;q=x", "a/b;c*=bogus''x", "\xff")),
    *({"Authorization": each} for each in ("Bearer", "Bearer \xff", "Bearer a b", "\xff \xff")),
    *({"Cookie": each} for each in ("sessionid=\xff", "csrftoken=\xff; a")),
    *({"If-None-Match": "\xff"}, {"Range": "bytes=a-\xb2"}, {"Baggage": "%ff=%ff,\xff;%00"}),
    *({"X-Forwarded-For": "\xff"}, {"SCRIPT_NAME": "/x"}, {"PATH_INFO": "\xff"}),
)


def everybody(shop: Shop) -> dict[str, Client]:
    """Clients by what they may."""
    return {
        "anonymous": shop.client(),
        "customer": shop.log_in(customer=1),
        "measurer": shop.client(**{"HeadToHead-Token": shop.project.token}),
    }


def is_problem(answer: Answer) -> bool:
    return answer.headers.get("Content-Type") == PROBLEM and answer.json()["status"] == (
        answer.status
    )


def ask(client: Client, address: Address, *, query: str = "", **headers: str) -> Answer:
    body = None if address.fields is None else {}
    return client.send(address.method, address.path + query, body=body, **headers)


@fault(
    "Content-Types that cannot be read, to every address",
    promised="400 with the problem document, for anybody",
)
def test_a_content_type_that_cannot_be_read_is_refused(running_shop: Shop, seen: Seen) -> None:
    everywhere = addresses(running_shop.client())
    answers = [
        client.send(address.method, address.path, body=b"{}", **{"Content-Type": kind})
        for client in everybody(running_shop).values()
        for address in everywhere
        for kind in UNREADABLE
    ]
    assert Counter(each.status for each in answers) == {400: len(answers)}
    assert all(map(is_problem, answers))
    seen(requests=len(answers), answered_400=len(answers))


@fault(
    "Bodies that are no JSON: nested 100,000 times, infinite numbers, bytes that are no text",
    promised="400 with the problem document wherever the body is read",
)
def test_a_body_that_is_no_json_is_refused(running_shop: Shop, seen: Seen) -> None:
    read = Counter[int]()
    taking = [each for each in addresses(running_shop.client()) if each.fields is not None]
    for client in everybody(running_shop).values():
        for address in taking:
            # Who may not send a body is told so, whatever is in it.
            otherwise = ask(client, address).status
            for body in NO_JSON:
                answer = client.send(
                    address.method, address.path, body=body, **{"Content-Type": "application/json"}
                )
                expected = otherwise if otherwise in {401, 403} else 400
                assert answer.status == expected, (address, body[:20])
                assert is_problem(answer)
                read[answer.status] += 1
    assert read[400] > 100
    seen(requests=read.total(), answered_400=read[400], refused_unread=read[401] + read[403])


@pytest.mark.parametrize(
    "every", [pytest.param(40, id="some"), pytest.param(1, id="all", marks=pytest.mark.nightly)]
)
@fault(
    "Values that no field takes, in each field of each body; odd queries and odd headers",
    promised="an answer below 500, for anybody",
)
def test_odd_values_never_fail(running_shop: Shop, seen: Seen, every: int) -> None:
    everywhere = addresses(running_shop.client())
    asked = [
        (client, *request)
        for client in everybody(running_shop).values()
        for address in everywhere
        for request in odd_requests(address)
    ][::every]
    failed = []
    for client, address, query, headers, body in asked:
        path = f"{address.path}?{query}"
        given = {"Content-Type": "application/json", **headers}
        answer = client.send(address.method, path, body=body, **given)
        # Nobody gives quotes for deliveries here, which is no fault of a request.
        if not 0 < answer.status < 500 and "/delivery/" not in path:
            failed.append((answer.status, address, query, headers, body))
    assert failed == []
    seen(requests=len(asked), failed=0)


def odd_requests(address: Address) -> Iterator[tuple[Address, str, dict[str, str], bytes | None]]:
    body = None if address.fields is None else b"{}"
    for query in ODD_QUERIES:
        yield address, query, {}, body
    for headers in ODD_HEADERS:
        yield address, "", headers, body
    for field in address.fields or ():
        for value in ODD_VALUES:
            yield address, "", {}, f"{{{json.dumps(field)}: {value}}}".encode()


# What a client sends before it falls silent.
HALF = {
    "nothing": b"",
    "half a request line": b"GET /al",
    "headers without an end": b"GET /alive/ HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n",
    "a body that does not come": b"POST /api/auth/login/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    "half a chunk": b"POST /api/auth/login/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n00005\r\nab",
    "a long body that does not come": b"POST /api/auth/login/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Length: 100000000\r\n\r\n",
    "a whole request, and no end of the connection": b"GET /alive/ HTTP/1.1\r\n"
    b"Host: localhost\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("sent", HALF.values(), ids=HALF)
@fault(
    "Clients who send half a request and then nothing",
    load="100 of them",
    promised="/alive/ answers others within 2 s",
)
def test_slow_clients_keep_nobody_else_out(
    running_shop: Shop, seen: Seen, request: pytest.FixtureRequest, sent: bytes
) -> None:
    with ExitStack() as cleanup:
        for _ in range(100):
            slow = cleanup.enter_context(running_shop.connected())
            slow.sendall(sent)
        answers = [running_shop.client().get("/alive/") for _ in range(20)]
    assert [each.status for each in answers] == [200] * 20
    slowest = max(each.seconds for each in answers)
    assert slowest < 2
    seen(client=request.node.callspec.id, requests=20, slowest_seconds=round(slowest, 3))


@fault(
    "A body of 6 MB and one of 300 MB, with a length and in chunks",
    promised="413 with the problem document, on every address; no more than 32 MB of memory",
)
def test_a_body_that_is_too_long_is_refused(running_shop: Shop, seen: Seen) -> None:
    before = memory(running_shop)
    client = running_shop.client()
    answers = [
        client.send(address.method, address.path, body=b"x" * 6_000_000)
        for address in addresses(client)
        if address.method != "HEAD"
    ]
    answers += [client.post("/api/auth/login/", pieces(size)) for size in (6_000_000, 300_000_000)]
    answers.append(client.post("/api/auth/login/", b"x" * 300_000_000))
    assert Counter(each.status for each in answers) == {413: len(answers)}
    assert all(map(is_problem, answers))
    grown = max(0, memory(running_shop) - before)
    assert grown < 32
    seen(requests=len(answers), answered_413=len(answers), grown_megabytes=round(grown, 1))


def pieces(size: int) -> Iterator[bytes]:
    """A body of which nobody says how long it is."""
    return (b"x" * 100_000 for _ in range(size // 100_000))


def memory(shop: Shop) -> float:
    """Megabytes that the workers have."""
    return sum(each.memory_info().rss for each in shop.workers()) / 1e6


# What gunicorn refuses, so that Django does not see it.
UNSERVED = {
    b"GET /alive/ HTTP/9.9\r\n\r\n": 400,
    b"G\xffT /alive/ HTTP/1.1\r\nHost: localhost\r\n\r\n": 400,
    b"GET /alive/ HTTP/1.1\r\nHost : localhost\r\n\r\n": 400,
    b"GET /alive/ HTTP/1.1\r\nContent-Length: x\r\n\r\n": 400,
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n": 414,
    b"GET /alive/ HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n": 431,
}


@fault(
    "Requests that are no HTTP, or have too long an address or too many headers",
    promised="400, 414 and 431 with the problem document and the headers of every response",
)
def test_what_is_no_request_is_a_problem_too(running_shop: Shop, seen: Seen) -> None:
    for sent, status in UNSERVED.items():
        with running_shop.connected() as connection:
            connection.sendall(sent)
            answer = HTTPResponse(connection)
            answer.begin()
            body = json.load(answer)
        assert (answer.status, body["status"]) == (status, status), (sent[:40], body)
        assert answer.headers["Content-Type"] == PROBLEM
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    seen(requests=len(UNSERVED), problems=len(UNSERVED))
