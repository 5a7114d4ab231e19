"""The outbox: whatever is lost on the way, the row says what is left to do, until it is done."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from app.accounts.models import Customer
from app.catalog.models import Product
from app.orders import handover, outbox, tasks
from app.orders.models import Fulfilment, Order, OutboxEntry
from app.orders.services import PlacedOrder, order_place
from tests.app.factories import make_customer, make_product

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer() -> Customer:
    return make_customer()


@pytest.fixture
def product() -> Product:
    return make_product(tags=0)


@dataclass
class Broker:
    """What orders are handed over to; those that it was asked to take while it was away."""

    away: bool = True
    refused: list[str] = field(default_factory=list)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker that is away at first."""
    broker = Broker()
    real = tasks.hand_over

    def hand_over(*, number: str, requested_at: datetime) -> None:
        if broker.away:
            broker.refused.append(number)
            raise OperationalError
        real(number=number, requested_at=requested_at)

    monkeypatch.setattr(tasks, "hand_over", hand_over)
    yield broker
    handover.BROKER.succeeded()


def place(customer: Customer, product: Product, reference: str = "first") -> PlacedOrder:
    return order_place(
        customer=customer, reference=reference, quantities={product.pk: 1}, card="any"
    )


def become_due() -> None:
    OutboxEntry.objects.update(due_at=timezone.now())


def test_nothing_is_left_of_an_order_that_is_followed_up(
    customer: Customer, product: Product
) -> None:
    place(customer, product)
    assert Fulfilment.objects.get().outcome == Fulfilment.Outcome.DONE
    assert not OutboxEntry.objects.exists()


def test_an_order_stands_without_a_broker_and_is_followed_up_when_there_is_one(
    customer: Customer, product: Product, broker: Broker
) -> None:
    number = place(customer, product).order.number
    assert broker.refused == [number]
    assert not Fulfilment.objects.exists()
    broker.away = False
    tasks.relay()
    assert not Fulfilment.objects.exists(), "its own process may still hand it over"
    become_due()
    tasks.relay()
    assert Fulfilment.objects.get().order_number == number
    assert not OutboxEntry.objects.exists()


def test_a_broker_that_is_away_is_not_asked_by_every_request(
    customer: Customer, product: Product, broker: Broker
) -> None:
    for number in range(6):
        place(customer, product, reference=f"order{number}")
    assert len(broker.refused) == 2
    assert OutboxEntry.objects.count() == 6


def test_a_rollback_takes_the_note_with_it(customer: Customer, product: Product) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        place(customer, product)
        assert OutboxEntry.objects.exists()
        raise ZeroDivisionError
    assert not OutboxEntry.objects.exists()
    assert not Order.objects.exists()


def test_asking_often_leaves_one_row(customer: Customer, product: Product, broker: Broker) -> None:
    place(customer, product)
    OutboxEntry.objects.update(tries=3)
    for _ in range(3):
        place(customer, product)
    assert OutboxEntry.objects.get().tries == 0


def test_a_task_that_comes_again_finds_nothing_to_do(customer: Customer, product: Product) -> None:
    with transaction.atomic():
        number = place(customer, product).order.number
        requested_at = outbox.note(number=number)
    done = {"number": number, "requested_at": requested_at}
    # Of the two notes, the later one counts: the task of the earlier found another time.
    assert not Fulfilment.objects.exists()
    assert outbox.follow_up(**done)
    finished_at = Fulfilment.objects.get().finished_at
    assert not outbox.follow_up(**done)
    assert Fulfilment.objects.get().finished_at == finished_at


def test_an_order_that_is_placed_again_meanwhile_is_followed_up_again(
    customer: Customer, product: Product, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = place(customer, product).order.number
    noted = OutboxEntry.objects.get()
    real = outbox.fulfilment.order_fulfil

    def fulfil_slowly(**given: object) -> None:
        real(**given)
        elsewhere = threading.Thread(target=note_elsewhere)
        elsewhere.start()
        elsewhere.join()

    def note_elsewhere() -> None:
        outbox.note(number=number)
        connection.close()

    monkeypatch.setattr(outbox.fulfilment, "order_fulfil", fulfil_slowly)
    outbox.follow_up(number=number, requested_at=noted.requested_at)
    left = OutboxEntry.objects.get()
    assert left.requested_at > noted.requested_at
    assert left.tries == 0


def test_what_is_being_tried_is_handed_to_nobody_else(
    customer: Customer, product: Product, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = place(customer, product).order.number
    become_due()
    meanwhile = []
    monkeypatch.setattr(
        outbox.fulfilment, "order_fulfil", lambda **_: meanwhile.extend(outbox.claim())
    )
    outbox.follow_up(number=number, requested_at=OutboxEntry.objects.get().requested_at)
    assert meanwhile == []


def test_one_is_claimed_by_one_at_a_time(
    customer: Customer, product: Product, broker: Broker
) -> None:
    place(customer, product)
    become_due()
    assert len(outbox.claim()) == 1
    assert outbox.claim() == []


def test_one_that_fails_is_tried_again_and_parked_after_some_tries(
    customer: Customer, product: Product, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = place(customer, product).order.number
    broker.away = False
    with monkeypatch.context() as poisoned:
        poisoned.setattr(outbox.fulfilment, "order_fulfil", lambda **_: 1 / 0)
        for tried in range(outbox.TRIES):
            become_due()
            assert not outbox.parked()
            with pytest.raises(ZeroDivisionError):
                tasks.relay()
            left = OutboxEntry.objects.get()
            assert left.tries == tried + 1
            assert left.due_at - timezone.now() > timedelta(seconds=30), "it has its time"
        become_due()
        tasks.relay()
    assert [each.order_number for each in outbox.parked()] == [number]
    OutboxEntry.objects.update(tries=0, due_at=F("requested_at"))
    tasks.relay()
    assert Fulfilment.objects.get().order_number == number
    assert not OutboxEntry.objects.exists()
