"""The work that follows an order: stock is put aside and the customer gets a confirmation.

It may be done twice, as the work of a lost worker is, and leaves the same rows then.
"""

from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from app.orders.models import Confirmation, Fulfilment, Order, OrderItem, StockReservation


@transaction.atomic(savepoint=False)
def order_fulfil(*, number: str, requested_at: datetime) -> Fulfilment.Outcome:
    """Do the work that follows an order, and note what became of it.

    Args:
        number: The order's.
        requested_at: When the work was handed over.
    """
    started_at = timezone.now()
    order = Order.objects.select_related("customer").filter(number=number).first()
    if order is not None:
        items = list(order.items.select_related("product"))
        _reserve(order=order, items=items)
        _confirm(order=order, items=items)
    outcome = Fulfilment.Outcome.ORDER_MISSING if order is None else Fulfilment.Outcome.DONE
    Fulfilment.objects.bulk_create(
        [
            Fulfilment(
                order_number=number,
                outcome=outcome,
                requested_at=requested_at,
                started_at=started_at,
                finished_at=timezone.now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["order_number"],
        update_fields=["outcome", "requested_at", "started_at", "finished_at"],
    )
    return outcome


def _reserve(*, order: Order, items: list[OrderItem]) -> None:
    products = [item.product_id for item in items]
    order.reservations.exclude(product__in=products).delete()
    StockReservation.objects.bulk_create(
        [
            StockReservation(
                order=order,
                product_id=item.product_id,
                quantity=item.quantity,
                reserved_at=timezone.now(),
            )
            for item in items
        ],
        update_conflicts=True,
        unique_fields=["order", "product"],
        update_fields=["quantity", "reserved_at"],
    )


def _confirm(*, order: Order, items: list[OrderItem]) -> None:
    total = sum(item.quantity * item.unit_price for item in items)
    context = {"order": order, "items": items, "total": total}
    Confirmation.objects.bulk_create(
        [
            Confirmation(
                order=order,
                subject=f"Your order {order.number}",
                text=render_to_string("orders/confirmation.txt", context),
                html=render_to_string("orders/confirmation.html", context),
                written_at=timezone.now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["subject", "text", "html", "written_at"],
    )
