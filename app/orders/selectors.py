"""What is read of orders."""

from django.db.models import Prefetch, QuerySet

from app.accounts.models import Customer
from app.orders.models import Fulfilment, Order, OrderItem
from app.orders.services import order_number
from headtohead.django import seam


@seam
def order_history(*, customer: Customer) -> QuerySet[Order]:
    """A customer's orders, newest first, with items and products, in three queries a page."""
    items = OrderItem.objects.select_related("product__brand")
    return order_history_naive(customer=customer).prefetch_related(Prefetch("items", items))


def order_history_naive(*, customer: Customer) -> QuerySet[Order]:
    """A customer's orders, newest first.

    Their items cost one more query per order, products and brands two more per item.
    """
    return customer.orders.order_by("-placed_at", "-id")


def fulfilment_of(*, customer_id: int, reference: str) -> Fulfilment | None:
    """What became of the work that follows an order, by now."""
    number = order_number(customer_id=customer_id, reference=reference)
    return Fulfilment.objects.filter(order_number=number).first()
