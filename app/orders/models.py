"""Orders and the items they consist of."""

from django.db import models
from django.utils import timezone

from app.config.counting import counted


class Order(counted("order"), models.Model):
    """What a customer bought at one time."""

    class Status(models.TextChoices):
        """How far an order has come."""

        PLACED = "placed"
        PAID = "paid"
        SHIPPED = "shipped"
        DELIVERED = "delivered"
        CANCELLED = "cancelled"

    customer = models.ForeignKey(
        "accounts.Customer", on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    number = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLACED)
    placed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="order_number_unique"),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["placed", "paid", "shipped", "delivered", "cancelled"]
                ),
                name="order_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-placed_at", "-id"], name="order_history"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderItem(models.Model):
    """A product in an order, at the price it had then."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items", db_index=False)
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.PROTECT, related_name="order_items"
    )
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="order_item_unique"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="order_item_quantity_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(unit_price__gte=0), name="order_item_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_id}"


class StockReservation(models.Model):
    """Pieces of a product that are kept for an order."""

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="reservations", db_index=False
    )
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.CASCADE, related_name="reservations"
    )
    quantity = models.PositiveIntegerField()
    reserved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="stock_reservation_unique"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="stock_reservation_quantity_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_id}"


class Confirmation(models.Model):
    """The letter that tells a customer of an order, ready to be sent."""

    order = models.OneToOneField(
        Order, on_delete=models.CASCADE, primary_key=True, related_name="confirmation"
    )
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.subject


class Fulfilment(models.Model):
    """What became of the work that follows an order.

    It names the order by number, because there may be none: one that was rolled back may have left
    a task behind, a ghost, and that is what this tells.
    """

    class Outcome(models.TextChoices):
        """How the work ended."""

        DONE = "done"
        ORDER_MISSING = "order-missing"

    order_number = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20, choices=Outcome)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_number"], name="fulfilment_order_number_unique"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["done", "order-missing"]),
                name="fulfilment_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_number}: {self.outcome}"


class OutboxEntry(models.Model):
    """An order that is still to be followed up; the row goes once that is done.

    No index tells what is due: rows are few, and change in place as long as there is none.
    """

    order_number = models.CharField(max_length=20, primary_key=True)
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="When to hand it over again, unless it is done by then")
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.order_number
