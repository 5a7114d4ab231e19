"""What can go wrong in the catalogue."""


class StaleProductError(Exception):
    """The product is no longer of the version that the change was meant for.

    Attributes:
        version: The version it has by now.
    """

    def __init__(self, *, version: int) -> None:
        super().__init__(f"the product has version {version} by now")
        self.version = version


class DuplicateReviewError(Exception):
    """The customer has already reviewed the product."""


class InsufficientStockError(Exception):
    """More of a product are to be taken than are in stock."""
