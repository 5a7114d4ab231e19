"""Orders while what follows them up breaks: nothing acknowledged is lost, nothing is done twice."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count

import psutil
import psycopg2
import pytest

from tests.faults.cases import Seen, fault
from tests.faults.load import Answer, Client
from tests.faults.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.stack

CUSTOMER = "/api/customers/1"
NAMES = count()
# What a broker that is away may cost a customer, and what the slowest part of a fault may take.
PROMPT, REDELIVERED = 5.0, 150.0


# Counts what is committed, or the same row written twice would look like one.
COUNT_LETTERS = """
    CREATE TABLE letters (order_id bigint);
    CREATE FUNCTION count_letter() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO letters VALUES (NEW.order_id); RETURN NULL; END';
    CREATE TRIGGER count_letter AFTER INSERT OR UPDATE ON orders_confirmation
        FOR EACH ROW EXECUTE FUNCTION count_letter();
    SELECT 1;
"""


@pytest.fixture(scope="module")
def worked(running_shop: Shop) -> Iterator[Shop]:
    """A shop with a task worker and a beat."""
    running_shop.rows(COUNT_LETTERS)
    running_shop.start_task_worker()
    yield running_shop
    for process in running_shop.task_workers():
        process.kill()  # which is faster than to ask
    running_shop.stop_task_worker()


@pytest.fixture
def shop(worked: Shop, broken: Shop) -> Shop:
    """A shop in which orders are followed up."""
    return broken


@pytest.fixture
def order(shop: Shop) -> Callable[[str], Answer]:
    """Places an order of some name."""
    client = shop.log_in(customer=1)
    return lambda name: place(client, name)


def place(client: Client, name: str) -> Answer:
    items = [{"product_id": 1, "quantity": 1}, {"product_id": 2, "quantity": 2}]
    body = {"reference": name, "card": "any", "items": items}
    return client.post(f"{CUSTOMER}/checkout/", body)


def names(number: int) -> list[str]:
    """Names of orders that nobody has placed yet."""
    return [f"f{next(NAMES)}" for _ in range(number)]


def numbers(orders: Sequence[str]) -> list[str]:
    return [f"C-1-{name}" for name in orders]


def followed_up(shop: Shop, orders: Sequence[str]) -> int:
    """How many of the orders have all that is to follow them."""
    statement = """
        SELECT count(*) FROM orders_order
        JOIN orders_fulfilment ON order_number = number AND outcome = 'done'
        JOIN orders_confirmation ON orders_confirmation.order_id = orders_order.id
        WHERE number = ANY(%s)
    """
    ((found,),) = shop.rows(statement, numbers(orders))
    return int(found)


def tries(shop: Shop, name: str) -> int:
    """How often it was begun to follow up an order; 0 when nothing is left to do."""
    found = shop.rows("SELECT tries FROM orders_outboxentry WHERE order_number = %s", f"C-1-{name}")
    return found[0][0] if found else 0


def all_followed_up(shop: Shop, orders: Sequence[str]) -> None:
    """Wait until all that is to follow the orders is done, each once."""
    eventually(lambda: followed_up(shop, orders) == len(orders), patience=REDELIVERED)
    noted = "SELECT 1 FROM orders_outboxentry WHERE order_number = ANY(%s)"
    eventually(lambda: not shop.rows(noted, numbers(orders)), patience=REDELIVERED)
    letters = """
        SELECT number, count(*) FROM letters JOIN orders_order ON orders_order.id = order_id
        WHERE number = ANY(%s) GROUP BY number
    """
    assert dict(shop.rows(letters, numbers(orders))) == dict.fromkeys(numbers(orders), 1)


@contextmanager
def held_up(shop: Shop) -> Iterator[None]:
    """Let no task get further than to the letter that it writes."""
    with (
        closing(psycopg2.connect(shop.database_url)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("LOCK TABLE orders_confirmation IN EXCLUSIVE MODE")
        yield


def in_mid_task(shop: Shop) -> None:
    """Wait until a task is held up."""
    waiting = (
        "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'orders_confirmation'::regclass"
    )
    eventually(lambda: shop.rows(waiting), patience=60)


@contextmanager
def poison(shop: Shop, name: str) -> Iterator[None]:
    """Let the database refuse the letter of an order."""
    with closing(psycopg2.connect(shop.database_url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        rule = f"CHECK (subject <> 'Your order C-1-{name}') NOT VALID"
        cursor.execute(f"ALTER TABLE orders_confirmation ADD CONSTRAINT poisoned {rule}")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE orders_confirmation DROP CONSTRAINT poisoned")


def parked(shop: Shop) -> float | None:
    """How many orders the worker says are parked; None while it says nothing."""
    address = shop.task_workers()[0].environ()["H2H_TASK_METRICS"]
    text = Client(url=f"http://{address}").get("/metrics").body.decode()
    found = re.search(r'^shop_outbox_orders\{state="parked"\} (\S+)$', text, re.MULTILINE)
    return float(found[1]) if found else None


def child(shop: Shop) -> psutil.Process:
    """The process that runs tasks."""
    workers = shop.task_workers()
    (found,) = [each for each in workers if each.ppid() in {other.pid for other in workers}]
    return found


@fault(
    "broker away when an order is committed",
    load="20 orders",
    promised="201, promptly; followed up when the broker is back",
)
def test_an_order_is_taken_without_a_broker(
    shop: Shop, order: Callable[[str], Answer], seen: Seen
) -> None:
    orders = names(20)
    shop.broker.cut()
    answers = [order(name) for name in orders]
    assert [each.status for each in answers] == [201] * len(orders)
    assert max(each.seconds for each in answers) < PROMPT
    shop.broker.mend()
    all_followed_up(shop, orders)
    seen(orders=len(orders), refused=0, lost=0, slowest_s=max(each.seconds for each in answers))


@pytest.mark.nightly
@fault(
    "broker hangs when an order is committed",
    load="20 orders",
    promised="201 within 5 s, and promptly from the third on; followed up when the broker is back",
)
def test_a_broker_that_hangs_holds_up_few_orders(
    shop: Shop, order: Callable[[str], Answer], seen: Seen
) -> None:
    orders = names(20)
    shop.broker.stall()
    answers = [order(name) for name in orders]
    assert [each.status for each in answers] == [201] * len(orders)
    assert max(each.seconds for each in answers) < PROMPT
    slow = sum(each.seconds > 1 for each in answers)
    assert slow <= 4, "two of each worker of the API"
    shop.broker.mend()
    all_followed_up(shop, orders)
    seen(orders=len(orders), slow=slow, lost=0, slowest_s=max(each.seconds for each in answers))


@fault(
    "worker of the API killed between the commit of an order and handing its task over",
    promised="followed up all the same",
)
def test_an_order_outlives_the_process_that_took_it(
    shop: Shop, order: Callable[[str], Answer], seen: Seen
) -> None:
    (name,) = names(1)
    shop.broker.stall()
    customer = threading.Thread(target=order, args=(name,))
    customer.start()
    committed = "SELECT 1 FROM orders_order WHERE number = %s"
    eventually(lambda: shop.rows(committed, f"C-1-{name}"))
    for worker in shop.workers():
        worker.kill()
    customer.join()
    shop.broker.mend()
    all_followed_up(shop, [name])
    seen(orders=1, lost=0)


@fault(
    "broker killed and restarted with a queue, three times",
    load="30 orders",
    promised="none lost",
)
def test_orders_outlive_the_queue(shop: Shop, order: Callable[[str], Answer], seen: Seen) -> None:
    orders = names(30)
    for first in range(0, len(orders), 10):
        with held_up(shop):
            assert [order(name).status for name in orders[first : first + 10]] == [201] * 10
            shop.restart_broker()
    all_followed_up(shop, orders)
    seen(orders=len(orders), lost=0)


@pytest.mark.nightly
@fault(
    "process of a task killed in the middle of it", promised="begun again within 150 s, done once"
)
def test_a_task_outlives_its_process(
    shop: Shop, order: Callable[[str], Answer], seen: Seen
) -> None:
    (name,) = names(1)
    with held_up(shop):
        assert order(name).status == 201
        in_mid_task(shop)
        child(shop).kill()
    all_followed_up(shop, [name])
    seen(orders=1, lost=0)


@pytest.mark.nightly
@fault(
    "worker killed with all of its processes in the middle of a task, and started again",
    promised="begun again within 150 s, done once",
)
def test_a_task_outlives_its_worker(shop: Shop, order: Callable[[str], Answer], seen: Seen) -> None:
    (name,) = names(1)
    with held_up(shop):
        assert order(name).status == 201
        in_mid_task(shop)
        for process in shop.task_workers():
            process.kill()
    shop.stop_task_worker()
    shop.start_task_worker()
    all_followed_up(shop, [name])
    seen(orders=1, lost=0)


@pytest.mark.nightly
@fault(
    "an order whose task always fails",
    load="one more order",
    promised="parked after five tries and shown; the other is followed up; done when it can be",
)
def test_a_poisoned_order_is_parked_and_shown(
    shop: Shop, order: Callable[[str], Answer], seen: Seen
) -> None:
    poisoned, sound = names(2)
    with poison(shop, poisoned):
        assert [order(name).status for name in (poisoned, sound)] == [201, 201]
        eventually(lambda: parked(shop) == 1, patience=REDELIVERED)
        tried = tries(shop, poisoned)
        assert tried == 5
        assert followed_up(shop, [poisoned, sound]) == 1
        variables = {**os.environ, **shop.project.variables()}
        command = [sys.executable, "manage.py", "relay_orders", "--again"]
        told = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
        assert told.stdout == "orders still to be followed up: 1\n"
    all_followed_up(shop, [poisoned, sound])
    eventually(lambda: parked(shop) == 0, patience=REDELIVERED)
    seen(tries=tried, parked=1, lost=0)


@fault(
    "PostgreSQL restarted under a task, fast and then as in a crash",
    promised="begun again within 150 s, done once",
)
def test_a_task_outlives_the_connection_that_it_had(
    shop: Shop, order: Callable[[str], Answer], seen: Seen
) -> None:
    orders = names(2)
    with held_up(shop):
        assert [order(name).status for name in orders] == [201, 201]
        in_mid_task(shop)
        shop.stop_postgresql()
    shop.start_postgresql()
    with held_up(shop):
        in_mid_task(shop)
        shop.stop_postgresql(immediate=True)
    shop.start_postgresql()
    all_followed_up(shop, orders)
    seen(orders=len(orders), lost=0)
