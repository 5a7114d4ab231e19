"""The N+1 problem over a foreign key and a many-to-many relation."""

from headtohead.experiment import Experiment, Request, Variant

PRODUCT_LIST = Experiment(
    name="product-list",
    question="How much faster is a page of products when brands, categories and tags are "
    "prefetched?",
    request=Request(path="/api/products/?page_size=50"),
    seam="app.catalog.selectors.product_list",
    baseline=Variant(name="naive", selector="app.catalog.selectors.product_list_naive"),
    variants=(Variant(name="prefetched", selector="app.catalog.selectors.product_list"),),
    request_at_double_rows=Request(path="/api/products/?page_size=100"),
)
