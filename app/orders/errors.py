"""What can go wrong at the checkout."""

from collections.abc import Iterable


class UnknownProductError(Exception):
    """There is no product of some id.

    Attributes:
        product_ids: The ids.
    """

    def __init__(self, *, product_ids: Iterable[int]) -> None:
        self.product_ids = tuple(product_ids)
        super().__init__(f"no product has the id {', '.join(map(str, self.product_ids))}")


class OrderClosedError(Exception):
    """The order has been paid, sent or cancelled, so it stays as it is."""


class PaymentDeclinedError(Exception):
    """The card was not charged."""
