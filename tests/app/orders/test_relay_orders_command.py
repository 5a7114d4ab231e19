from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from app.orders import outbox
from app.orders.models import Fulfilment, OutboxEntry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def entries() -> None:
    now = timezone.now()
    for number, tries, due_at in (
        ("C-1-lost", 0, now),
        ("C-1-poison", outbox.TRIES, now),
        ("C-1-new", 0, now + timedelta(minutes=1)),
    ):
        OutboxEntry.objects.create(
            order_number=number, tries=tries, requested_at=now, due_at=due_at
        )


def test_it_hands_over_what_is_due_and_says_what_is_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("relay_orders")
    assert capsys.readouterr().out == (
        "C-1-poison: parked after 5 tries\norders still to be followed up: 1\n"
    )
    assert [each.order_number for each in Fulfilment.objects.all()] == ["C-1-lost"]


def test_it_tries_parked_orders_again_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("relay_orders", again=True)
    assert capsys.readouterr().out == "orders still to be followed up: 1\n"
    assert {each.order_number for each in Fulfilment.objects.all()} == {"C-1-lost", "C-1-poison"}
