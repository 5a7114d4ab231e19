"""What of orders is done by a worker."""

from datetime import datetime

from app.config.celery import app
from app.orders import fulfilment


@app.task
def fulfil(*, number: str, requested_at: str) -> None:
    """Do the work that follows an order.

    Args:
        number: The order's.
        requested_at: When the work was handed over, in ISO 8601.
    """
    fulfilment.order_fulfil(number=number, requested_at=datetime.fromisoformat(requested_at))
