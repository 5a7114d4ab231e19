"""The API while its database restarts, hangs, or is away."""

import signal
import time

import pytest

from headtohead.protocol.headers import TOKEN_HEADER
from tests.faults.cases import Seen, fault
from tests.faults.load import Answer, Load, kept_up
from tests.faults.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.stack

PRODUCTS = "/api/products/"
PRODUCT = 3
CLIENTS = 12  # more than the threads that serve them
WRITERS = 3
LONGEST = 5.0  # seconds that an answer may take
BROKEN_WORDS = "The database does not answer"


def ask(shop: Shop, load: list[Answer]):
    """Some clients read, others add one to the stock of a product."""
    client = shop.client(**{TOKEN_HEADER: shop.project.token})

    def send(number: int, began: float) -> Answer:
        if number < WRITERS:
            answer = client.send("POST", f"{PRODUCTS}{PRODUCT}/stock/", body={"by": 1}, began=began)
            load.append(answer)
            return answer
        paths = (PRODUCTS, f"{PRODUCTS}{number}/", "/api/categories/summary/", "/graphql/")
        if (path := paths[number % len(paths)]) == "/graphql/":
            query = {"query": "{ products(first: 2) { items { name } } }"}
            return client.send("POST", path, body=query, began=began)
        return client.send("GET", path, began=began)

    return send


def stock(shop: Shop) -> int:
    ((found,),) = shop.rows("SELECT stock FROM catalog_product WHERE id = %s", PRODUCT)
    return found


def assert_told(load: Load) -> None:
    """Every answer is right, or says that it is worth coming back."""
    assert load.statuses().keys() <= {200, 503}
    for each in load.answers:
        if each.status == 503:
            assert each.headers["Retry-After"] == "1"
            assert each.headers["Content-Type"] == "application/problem+json"
            assert each.json()["detail"].startswith(BROKEN_WORDS)


@pytest.mark.parametrize("immediate", [False, True], ids=["fast", "immediate"])
@fault(
    "PostgreSQL restarted while every connection is idle",
    promised="connections recover unseen: every request is answered 200",
)
def test_idle_connections_survive_a_restart(broken: Shop, seen: Seen, immediate: bool) -> None:
    client = broken.client()
    assert [client.get(PRODUCTS).status for _ in range(24)] == [200] * 24
    broken.stop_postgresql(immediate=immediate)
    broken.start_postgresql()
    statuses = [client.get(f"{PRODUCTS}?page_size={size}").status for size in range(1, 25)]
    assert statuses == [200] * 24
    seen(requests=24, failed=0)


@pytest.mark.parametrize(
    "immediate",
    [pytest.param(False, marks=pytest.mark.nightly), True],
    ids=["fast", "immediate"],
)
@fault(
    "PostgreSQL restarted under load",
    load=f"{CLIENTS - WRITERS} clients read and {WRITERS} write without a pause",
    promised="503 with Retry-After for what is in flight, no acknowledged write missing, and 200 "
    "as soon as PostgreSQL answers",
)
def test_requests_in_flight_are_told_to_come_back(
    broken: Shop, seen: Seen, immediate: bool
) -> None:
    before, written = stock(broken), []
    with kept_up(ask(broken, written), clients=CLIENTS) as load:
        eventually(lambda: len(load.answers) > 200)
        broken.stop_postgresql(immediate=immediate)
        eventually(lambda: load.statuses()[503] > CLIENTS)
        broken.start_postgresql()
        back = time.monotonic() - load.began
        eventually(lambda: sum(each.began > back for each in load.answers) > 200)
    assert_told(load)
    acknowledged = sum(each.status == 200 for each in written)
    assert acknowledged <= stock(broken) - before <= len(written)
    later = [each.status for each in load.answers if each.began > back + 1]
    assert set(later) <= {200}
    assert load.slowest() < LONGEST
    seen(
        requests=len(load.answers),
        told_to_come_back=load.statuses()[503],
        failed=0,
        writes_acknowledged=acknowledged,
        writes_missing=0,
        slowest_seconds=round(load.slowest(), 1),
    )


@fault(
    "PostgreSQL hangs while nobody asks for anything but the health",
    promised="503 within 2 s, and 200 once it goes on",
)
def test_the_health_is_told_soon_while_the_database_hangs(broken: Shop, seen: Seen) -> None:
    client = broken.client()
    broken.database.stall()
    health = [client.get("/health/") for _ in range(6)]
    assert [(each.status, each.json()["failing"]) for each in health] == [(503, ["database"])] * 6
    assert max(each.seconds for each in health) < 2
    broken.database.mend()
    eventually(lambda: client.get("/health/").status == 200, patience=10)
    seen(slowest_seconds=round(max(each.seconds for each in health), 1))


@pytest.mark.parametrize("way", ["stopped", pytest.param("stalled", marks=pytest.mark.nightly)])
@fault(
    "PostgreSQL hangs",
    load=f"{CLIENTS - WRITERS} clients read and {WRITERS} write without a pause",
    promised=f"503 with Retry-After within {LONGEST:g} s, health within 2 s, and nobody stuck",
)
def test_nobody_waits_long_for_a_database_that_hangs(broken: Shop, seen: Seen, way: str) -> None:
    client, health = broken.client(), []
    before, written = stock(broken), []
    with kept_up(ask(broken, written), clients=CLIENTS) as load:
        eventually(lambda: len(load.answers) > 200)
        if way == "stopped":
            broken.signal_postgresql(signal.SIGSTOP)
        else:
            broken.database.stall()
        eventually(lambda: load.statuses()[503] > CLIENTS)
        for _ in range(8):
            health.append(client.get("/health/"))
            assert client.get("/alive/").status == 200
            time.sleep(0.25)
        broken.signal_postgresql(signal.SIGCONT)
        broken.database.mend()
        mended = time.monotonic() - load.began
        eventually(lambda: sum(each.began > mended + 2 for each in load.answers) > 200)
    assert_told(load)
    assert load.slowest() < LONGEST
    assert {each.status for each in load.answers if each.began > mended + 2} == {200}
    assert {each.status for each in health} == {503}
    assert all(each.json()["failing"] == ["database"] for each in health)
    assert max(each.seconds for each in health) < 2
    acknowledged = sum(each.status == 200 for each in written)
    assert acknowledged <= stock(broken) - before <= len(written)
    seen(
        requests=len(load.answers),
        told_to_come_back=load.statuses()[503],
        slowest_seconds=round(load.slowest(), 1),
        slowest_health_seconds=round(max(each.seconds for each in health), 1),
        writes_missing=0,
    )
