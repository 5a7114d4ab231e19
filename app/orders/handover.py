"""Who does the work that follows an order, and when: called in the transaction of the order."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from app.orders import fulfilment, tasks
from headtohead.django import seam


@seam
def fulfilment_request(*, number: str) -> None:
    """Leave it to a task, which is handed over once the order is committed.

    A broker that is away by then fails the request though the order is there; asking again with the
    same reference mends that.
    """
    transaction.on_commit(partial(_hand_over, number=number))


def fulfilment_request_inline(*, number: str) -> None:
    """Do it at once, in the request and its transaction."""
    fulfilment.order_fulfil(number=number, requested_at=timezone.now())


def fulfilment_request_early(*, number: str) -> None:
    """Leave it to a task, which is handed over at once: the mistake that `on_commit` is there for.

    The worker may look for the order before it is committed, and finds none. If the transaction is
    rolled back, the task stays: a ghost.
    """
    _hand_over(number=number)


def _hand_over(*, number: str) -> None:
    tasks.fulfil.delay(number=number, requested_at=timezone.now().isoformat())
