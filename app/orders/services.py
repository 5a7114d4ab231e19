"""What is written of orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from app.accounts.models import Customer
from app.catalog.models import Product
from app.orders import handover, payments
from app.orders.errors import OrderClosedError, UnknownProductError
from app.orders.models import Order, OrderItem


@dataclass(frozen=True, kw_only=True)
class PlacedOrder:
    """An order with the items that it consists of now."""

    order: Order
    items: tuple[OrderItem, ...]

    @property
    def total(self) -> Decimal:
        """What it costs."""
        return sum((item.quantity * item.unit_price for item in self.items), Decimal(0))


def order_number(*, customer_id: int, reference: str) -> str:
    """The number of an order that a customer refers to; no two customers share any."""
    return f"C-{customer_id}-{reference}"


@transaction.atomic
def order_place(
    *, customer: Customer, reference: str, quantities: Mapping[int, int], card: str
) -> PlacedOrder:
    """Place an order and pay it.

    The same reference means the same order. So a client whose answer was lost may ask again, which
    leaves one order, and whoever asks a thousand times leaves no more rows than who asks once. All
    writes are made in place, so that they get no slower either.

    Args:
        customer: Who orders.
        reference: The customer's own name for the order.
        quantities: How many of which products, by their ids.
        card: The token of the card to charge.

    Raises:
        OrderClosedError: The order has gone beyond being placed.
        PaymentDeclinedError: The card was not charged; there is no order then.
        UnknownProductError: Some product does not exist.
    """
    products = Product.objects.in_bulk(list(quantities))
    unknown = quantities.keys() - products.keys()
    if unknown:
        raise UnknownProductError(product_ids=sorted(unknown))
    # Not the key: what follows the last order of this reference refers to it, and may be under way.
    order, _ = Order.objects.select_for_update(no_key=True).get_or_create(
        number=order_number(customer_id=customer.pk, reference=reference),
        defaults={"customer": customer},
    )
    if order.status != Order.Status.PLACED:
        raise OrderClosedError
    order.items.exclude(product__in=list(products)).delete()
    items = OrderItem.objects.bulk_create(
        [
            OrderItem(
                order=order,
                product=products[product_id],
                quantity=quantity,
                unit_price=products[product_id].price,
            )
            for product_id, quantity in quantities.items()
        ],
        update_conflicts=True,
        unique_fields=["order", "product"],
        update_fields=["quantity", "unit_price"],
    )
    handover.fulfilment_request(number=order.number)
    placed = PlacedOrder(order=order, items=tuple(items))
    payments.charge(card=card, amount=placed.total)
    return placed
