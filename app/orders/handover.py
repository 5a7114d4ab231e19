"""Who does the work that follows an order, and when: called in the transaction of the order."""

import logging
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis import RedisError

from app.caching.circuit_breaker import CircuitBreaker
from app.orders import fulfilment, outbox, tasks
from headtohead.django import seam

log = logging.getLogger(__name__)

# A broker that hangs costs a request two seconds, and that few of them, until it is back.
BROKER = CircuitBreaker(failures=2, pause=5.0)


@seam
def fulfilment_request(*, number: str) -> None:
    """Note it in the outbox, and leave it to a task, which is handed over after the commit.

    The note is committed with the order or not at all. So it does not matter whether this process
    lives to hand the task over, or finds a broker: what is still noted is handed over by `relay`.
    """
    requested_at = outbox.note(number=number)
    transaction.on_commit(
        partial(_try_to_hand_over, number=number, requested_at=requested_at), robust=True
    )


def fulfilment_request_after_commit(*, number: str) -> None:
    """Leave it to a task, which is handed over once the order is committed, and noted nowhere.

    If this process dies between the two, the order is there and nobody ever follows it up. A broker
    that is away by then fails the request though the order is there.
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


def _try_to_hand_over(*, number: str, requested_at: datetime) -> None:
    """Hand it over, if the broker is there; the customer does not wait for one that is not."""
    if not BROKER.allows():
        return
    try:
        tasks.hand_over(number=number, requested_at=requested_at)
    except (OperationalError, RedisError, OSError) as error:
        BROKER.failed()
        log.warning("order %s stays in the outbox, the broker is away (%s)", number, error)
    else:
        BROKER.succeeded()
