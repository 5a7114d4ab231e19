"""A stand-in for the provider of payments: it charges every card but one, and moves no money."""

from decimal import Decimal

from app.orders.errors import PaymentDeclinedError

DECLINED_CARD = "declined"


def charge(*, card: str, amount: Decimal) -> None:
    """Charge a card.

    Args:
        card: The token that the provider gave for the card.
        amount: How much.

    Raises:
        PaymentDeclinedError: The provider refuses; so it does for `DECLINED_CARD`.
    """
    if card == DECLINED_CARD:
        raise PaymentDeclinedError(f"{amount} cannot be charged to this card")
