"""A server whose variants misbehave on request; run as a script, it prints its port.

It listens on the address given, or on loopback.

It speaks what headtohead.django speaks, without Django, so that generator and run can be tested
against known behaviour. The path says how the variants behave, its query when.
"""

import gzip
import math
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from headtohead.load.generator.schedule import PairSchedule
from headtohead.protocol.headers import BAGGAGE_EXPERIMENT, BAGGAGE_VARIANT, TOKEN_HEADER
from headtohead.protocol.server_timing import HEADER, ServerTiming

# Little to send and much to unpack: what takes time here is the client.
PACKED = gzip.compress(b" " * 2_000_000)
# What serves /pool at the same time, so that users beyond that number wait.
POOL = threading.BoundedSemaphore(2)
# Whoever names no variant gets this one.
USERS_ARE_SERVED = f"{BAGGAGE_EXPERIMENT}=e,{BAGGAGE_VARIANT}=one"
# Who serves /stalling holds it, so that while one request stalls all that arrive wait.
STALL = threading.Lock()


def second_arms_turns(seed: int) -> Iterator[bool]:
    """Whether each request in turn is one to the second of two arms, which only its coin tells."""
    for turn in PairSchedule(variants=1, seconds=math.inf, seed=seed):
        # A wash-out request and the one that is compared.
        yield from [not turn.baseline_first] * 2
        yield from [turn.baseline_first] * 2


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    answered = 0
    stalled = False
    foretold: Iterator[bool] = iter(())
    sent = b""

    def do_POST(self) -> None:
        self.sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self) -> None:
        type(self).answered += 1
        baggage = self.headers.get("Baggage", USERS_ARE_SERVED)
        members = dict(each.split("=") for each in baggage.split(","))
        experiment, variant = members[BAGGAGE_EXPERIMENT], members[BAGGAGE_VARIANT]
        behaviour = urlsplit(self.path).path
        started = time.perf_counter()
        self.delay(behaviour, variant)
        body = self.body(behaviour, variant)
        status = 200
        if behaviour == "/failing" and variant == "other":
            status = 500
        if behaviour == "/failing-baseline" and variant == "one":
            status = 500
        if behaviour == "/failing-later" and self.answered > 60:
            status = 500
        if behaviour == "/failing-rarely" and self.answered % 1000 == 0:
            status = 500
        timing = ServerTiming(
            variant="" if behaviour == "/unapplied" else f"{experiment}/{variant}",
            queries=40 if variant == "one" else 2,
            database_ms=1.5,
            cache_hits=0 if variant == "one" else 3,
            cache_misses=1,
            total_ms=(time.perf_counter() - started) * 1000,
        )
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if behaviour == "/packed":
            self.send_header("Content-Encoding", "gzip")
        if self.headers.get(TOKEN_HEADER) == "secret":
            self.send_header(HEADER, timing.to_header())
        self.end_headers()
        self.wfile.write(body)

    def delay(self, behaviour: str, variant: str) -> None:
        if behaviour == "/slow-baseline" and variant == "one":
            time.sleep(0.004)
        if behaviour == "/pool":
            with POOL:
                time.sleep(0.01)
        if behaviour == "/stalling":
            at = int(parse_qs(urlsplit(self.path).query)["at"][0])
            with STALL:
                if not self.stalled and self.answered >= at:
                    type(self).stalled = True
                    time.sleep(1.0)
        if behaviour == "/very-slow":
            time.sleep(0.3)
        if behaviour == "/foretold":
            query = parse_qs(urlsplit(self.path).query)
            if self.answered == int(query["from"][0]):
                type(self).foretold = second_arms_turns(int(query["seed"][0]))
            if next(self.foretold, False):
                time.sleep(0.01)

    def body(self, behaviour: str, variant: str) -> bytes:
        body = b'{"rows": [1, 2, 3]}'
        if behaviour == "/echo":
            body = f"{self.command} {self.headers['Content-Type']} ".encode() + self.sent
        if behaviour == "/packed":
            body = PACKED
        if behaviour == "/unequal" and variant == "other":
            body = b'{"rows": [1, 2, 4]}'
        if behaviour == "/growing" and self.answered > 40:
            body += b" " * self.answered
        if behaviour == "/answered":
            body = str(self.answered).encode()
        if behaviour == "/rewritten" and self.answered > 60:
            body = b'{"rows": [1, 2, 9]}'
        return body

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    # As many as gunicorn lets wait: with the default, who connects in a crowd waits for a second.
    request_queue_size = 2048


if __name__ == "__main__":
    address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
    server = Server((address, 0), Handler)
    print(server.server_port, flush=True)  # noqa: T201
    server.serve_forever()
