"""The work that follows an order, in the request or left to a Celery task.

The order and its payment are the same for all; what differs is who puts the stock aside and writes
the confirmation: the request itself in its transaction (`inline`), a task that is handed over when
the transaction is committed (`task`), or one that is handed over within it (`early-task`), which is
the usual mistake: a worker may be faster than the commit, and a rollback leaves a ghost of a task.

Measured is how long the customer waits for the answer, not how long the work takes: a task takes no
less work, it takes it later, and the worker runs on the cores that the API has, where it slows down
the requests that come next, whoever sends them. Rows do not grow: the request names the same order
each time, and every write is made in place.
"""

import json

from headtohead.experiment import Experiment, Request, Variant


def order_of(products: int) -> Request:
    """The second customer orders so many products; the first one has a history to be read."""
    items = [{"product_id": number, "quantity": 1} for number in range(1, products + 1)]
    return Request(
        method="POST",
        path="/api/customers/2/checkout/",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"reference": "measured", "card": "measured", "items": items}),
    )


CHECKOUT = Experiment(
    name="checkout",
    question="How much faster is an order accepted when a task does the work that follows it?",
    request=order_of(4),
    seam="app.orders.handover.fulfilment_request",
    baseline=Variant(name="inline", selector="app.orders.handover.fulfilment_request_inline"),
    variants=(
        Variant(name="task", selector="app.orders.handover.fulfilment_request"),
        Variant(name="early-task", selector="app.orders.handover.fulfilment_request_early"),
    ),
    doubled=order_of(8),
    needs=("celery",),
)
