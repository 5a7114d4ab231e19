"""The API and requests that nobody should send."""

from contextlib import ExitStack

import pytest

from tests.faults.cases import Seen, fault
from tests.faults.shop import Shop

pytestmark = pytest.mark.stack

# What a client sends before it falls silent.
HALF = {
    "nothing": b"",
    "half a request line": b"GET /al",
    "headers without an end": b"GET /alive/ HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n",
    "a body that does not come": b"POST /api/auth/login/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    "half a chunk": b"POST /api/auth/login/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n00005\r\nab",
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
