"""An audited variant, against servers that keep, close and break connections."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from headtohead.audit import Answer, AuditedVariant
from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment, Request, Variant
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.protocol.server_timing import HEADER, ServerTiming

EXPERIMENT = Experiment(
    name="stock-update",
    question="Is it right?",
    request=Request(path="/stock/"),
    seam="shop.stock.add",
    baseline=Variant(name="naive", selector="shop.stock.add_naive"),
    variants=(Variant(name="atomic", selector="shop.stock.add"),),
    request_at_double_rows=Request(path="/more/"),
)
TIMING = ServerTiming(
    variant="stock-update/atomic",
    queries=3,
    database_ms=1.0,
    cache_hits=0,
    cache_misses=0,
    total_ms=2.0,
)


class Handler(BaseHTTPRequestHandler):
    """Says what it was sent, in two parts; its path says how else it behaves."""

    protocol_version = "HTTP/1.1"
    meeting = threading.Barrier(8)
    closing = False

    def handle_request(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/break/" or self.closing:
            self.close_connection = True
            return
        if self.path == "/meet/":
            self.meeting.wait(10)
        told = json.dumps(
            {
                "connection": self.client_address[1],
                "method": self.command,
                "body": body.decode(),
                "headers": dict(self.headers),
            }
        ).encode()
        self.send_response(409 if self.path == "/refuse/" else 200)
        self.send_header(HEADER, TIMING.to_header())
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (told[:5], told[5:], b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        # Unlike with a header, the client is not told.
        self.close_connection = self.path == "/close/"
        self.closing = self.path == "/close-late/"

    do_GET = do_POST = handle_request  # noqa: N815 (named by http.server)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def variant() -> Iterator[AuditedVariant]:
    with serving() as url:
        audited = AuditedVariant(
            experiment=EXPERIMENT, variant_name="atomic", base_url=url, token="secret"
        )
        with closing(audited):
            yield audited


def told(answer: Answer) -> dict:
    return json.loads(answer.body)


def test_any_request_is_served_by_the_variant_and_authorised(variant):
    post = Request(method="POST", path="/other/", headers={"X-Own": "1"}, body="text")
    answer = variant.send(post)
    found = told(answer)
    assert (answer.status, found["method"], found["body"]) == (200, "POST", "text")
    assert found["headers"]["Baggage"] == "h2h.experiment=stock-update,h2h.variant=atomic"
    assert (found["headers"][TOKEN_HEADER], found["headers"]["X-Own"]) == ("secret", "1")
    assert variant.identity == "stock-update/atomic"


def test_an_answer_tells_when_it_came_and_what_it_took(variant):
    answer = variant.send(Request(path="/"))
    assert answer.sent_at <= answer.first_byte_at <= answer.received_at
    assert answer.timing == TIMING
    assert answer.headers["server-TIMING"] == TIMING.to_header()


def test_the_request_that_asks_for_twice_as_many_rows_can_be_sent_too(variant):
    assert variant.send(EXPERIMENT.request_at_double_rows).status == 200


def test_one_connection_serves_request_after_request(variant):
    assert len({told(variant.send(Request(path="/")))["connection"] for _ in range(3)}) == 1


def test_a_connection_that_the_server_closed_meanwhile_is_replaced(variant):
    first = told(variant.send(Request(path="/close/")))["connection"]
    assert told(variant.send(Request(path="/")))["connection"] != first


def test_what_may_come_twice_is_sent_again_when_the_server_closes_as_it_arrives(variant):
    first = told(variant.send(Request(path="/close-late/")))["connection"]
    assert told(variant.send(Request(path="/")))["connection"] != first


def test_what_may_not_come_twice_is_not_sent_again(variant):
    variant.send(Request(path="/close-late/"))
    with pytest.raises(MeasurementError, match="POST / gets no answer"):
        variant.send(Request(method="POST", path="/", body="1"))


def test_jobs_run_at_the_same_time_and_results_keep_their_order(variant):
    # Each waits for all the others, so that fewer at a time would never end.
    jobs = [
        partial(variant.send, Request(method="POST", path="/meet/", body=str(number)))
        for number in range(8)
    ]
    answers = [told(each) for each in variant.concurrently(jobs, users=8)]
    assert [int(each["body"]) for each in answers] == list(range(8))
    assert len({each["connection"] for each in answers}) == 8


def test_no_job_begins_once_one_has_failed(variant):
    begun = []

    def job(number: int) -> None:
        begun.append(number)
        if number == 0:
            raise LookupError
        # All of them together would take a minute.
        threading.Event().wait(0.05)

    with pytest.raises(LookupError):
        variant.concurrently([partial(job, number) for number in range(1200)], users=1)
    assert len(begun) < 1200


def test_a_request_that_has_to_succeed_says_how_it_did_not(variant):
    assert variant.require(Request(path="/")).status == 200
    assert variant.send(Request(path="/refuse/")).status == 409
    with pytest.raises(MeasurementError, match="atomic: GET /refuse/ answers 409; read the API"):
        variant.require(Request(path="/refuse/"))


def test_no_answer_is_an_error_and_the_next_request_is_served(variant):
    with pytest.raises(MeasurementError, match="GET /break/ gets no answer"):
        variant.send(Request(path="/break/"))
    assert variant.send(Request(path="/")).status == 200


def test_memory_of_a_server_that_is_not_watched_is_unknown(variant):
    with pytest.raises(MeasurementError, match="no process of the server"):
        variant.peak_growth(Request(path="/"))
