"""Orders that are still to be followed up: noted with the order, forgotten once that is done.

A message to a worker can be lost: with the process that was about to send it, with the broker that
held it, or with the worker that took it. A row that was committed with the order cannot, so it is
the row that says what is left to do. Messages only say that it is worth looking.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from app.orders import fulfilment
from app.orders.models import OutboxEntry

# Tries after which an order is parked, because its next one is no likelier to end well.
TRIES = 5
# More than waits after an outage of some minutes; and few enough for one task.
BATCH = 1000


def note(*, number: str) -> datetime:
    """Note, in the transaction of an order, that it is to be followed up; when that was.

    An order that is placed again has one row all the same, which forgets what was tried so far.

    Args:
        number: The order's.
    """
    now = timezone.now()
    OutboxEntry.objects.bulk_create(
        [OutboxEntry(order_number=number, requested_at=now, due_at=now + _relay_interval())],
        update_conflicts=True,
        unique_fields=["order_number"],
        update_fields=["requested_at", "due_at", "tries"],
    )
    return now


@transaction.atomic
def claim() -> list[OutboxEntry]:
    """What nobody seems to be at: to be handed over, now, by whoever calls this."""
    now = timezone.now()
    waiting = OutboxEntry.objects.filter(due_at__lte=now, tries__lt=TRIES).order_by("due_at")
    claimed = list(waiting.select_for_update(skip_locked=True)[:BATCH])
    OutboxEntry.objects.filter(pk__in=[each.pk for each in claimed]).update(
        due_at=now + _relay_interval()
    )
    return claimed


def follow_up(*, number: str, requested_at: datetime) -> bool:
    """Do what an order still needs; False if that is done, or was asked for anew since.

    The try counts before it begins, so that one counts, too, which takes its process down. Until it
    has had the time that a task may take, nobody else is told to try.

    Args:
        number: The order's.
        requested_at: What `note` returned.
    """
    entry = OutboxEntry.objects.filter(order_number=number, requested_at=requested_at)
    until = timezone.now() + timedelta(seconds=settings.ORDER_TASK_LEASE_SECONDS)
    if not entry.update(tries=F("tries") + 1, due_at=until):
        return False
    with transaction.atomic():
        fulfilment.order_fulfil(number=number, requested_at=requested_at)
        # An order that was placed again in the meantime has another time, and its row stays.
        entry.delete()
    return True


def parked() -> QuerySet[OutboxEntry]:
    """What has been tried in vain so often that somebody has to look."""
    return OutboxEntry.objects.filter(due_at__lte=timezone.now(), tries__gte=TRIES)


def count() -> dict[str, int]:
    """How many orders wait for what follows them, and how many are parked."""
    stuck = parked().count()
    return {"waiting": OutboxEntry.objects.count() - stuck, "parked": stuck}


def _relay_interval() -> timedelta:
    return timedelta(seconds=settings.ORDER_RELAY_SECONDS)
