"""What can go wrong in the catalogue."""


class DuplicateReviewError(Exception):
    """The customer has already reviewed the product."""
