"""Plain data that services take."""

from decimal import Decimal
from typing import TypedDict


class SupplierRow(TypedDict):
    """A line of a supplier's list."""

    sku: str
    name: str
    price: Decimal
    stock: int
