"""What of orders is done by a worker."""

from datetime import datetime

from django.conf import settings
from prometheus_client import Gauge

from app.config.celery import app
from app.orders import fulfilment, outbox

OUTBOX = Gauge(
    "shop_outbox_orders",
    "Orders that are still to be followed up: waiting, or parked after some tries in vain.",
    ("state",),
    multiprocess_mode="mostrecent",
)


@app.task
def fulfil(*, number: str, requested_at: str) -> None:
    """Do the work that follows an order, whatever has been done of it.

    Args:
        number: The order's.
        requested_at: When the work was handed over, in ISO 8601.
    """
    fulfilment.order_fulfil(number=number, requested_at=datetime.fromisoformat(requested_at))


@app.task(soft_time_limit=settings.ORDER_TASK_SECONDS, time_limit=settings.ORDER_TASK_SECONDS * 1.5)
def follow_up(*, number: str, requested_at: str) -> None:
    """Do the work that the outbox says an order still needs.

    Args:
        number: The order's.
        requested_at: When the work was noted, in ISO 8601.
    """
    outbox.follow_up(number=number, requested_at=datetime.fromisoformat(requested_at))


@app.task
def relay() -> None:
    """Hand over again what was lost on its way, and tell how much there is to do."""
    for entry in outbox.claim():
        hand_over(number=entry.order_number, requested_at=entry.requested_at)
    for state, orders in outbox.count().items():
        OUTBOX.labels(state).set(orders)


def hand_over(*, number: str, requested_at: datetime) -> None:
    """Tell a worker of an order in the outbox; once, since the outbox remembers what fails."""
    follow_up.apply_async(
        kwargs={"number": number, "requested_at": requested_at.isoformat()}, retry=False
    )
