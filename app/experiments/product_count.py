"""The count that comes with every page of a list, though few readers need all of it."""

from headtohead.experiment import Experiment, Request, Variant

PRODUCT_COUNT = Experiment(
    name="product-count",
    question="How much faster is a page of a long list when no more is counted than is told?",
    request=Request(path="/api/products/recommended/?min_rating=4"),
    seam="app.config.bounded_pagination.count_up_to",
    baseline=Variant(name="exact", selector="app.config.bounded_pagination.count_up_to_exactly"),
    variants=(Variant(name="bounded", selector="app.config.bounded_pagination.count_up_to"),),
    request_at_double_rows=Request(path="/api/products/recommended/?min_rating=4&page_size=40"),
)
