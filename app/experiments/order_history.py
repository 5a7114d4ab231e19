"""The N+1 problem three levels deep."""

from headtohead.experiment import Experiment, Request, Variant

ORDER_HISTORY = Experiment(
    name="order-history",
    question="How much faster is a page of orders when items, products and brands are prefetched?",
    request=Request(path="/api/customers/1/orders/"),
    seam="app.orders.selectors.order_history",
    baseline=Variant(name="naive", selector="app.orders.selectors.order_history_naive"),
    variants=(Variant(name="prefetched", selector="app.orders.selectors.order_history"),),
    request_at_double_rows=Request(path="/api/customers/1/orders/?page_size=40"),
)
