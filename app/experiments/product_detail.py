"""A page made of several queries, kept in the cache until something on it changes."""

from headtohead.experiment import Experiment, Request, Variant

PRODUCT_DETAIL = Experiment(
    name="product-detail",
    question="How much faster is a product's page when what it shows is cached?",
    request=Request(path="/api/products/1/"),
    seam="app.catalog.selectors.product_detail",
    baseline=Variant(name="uncached", selector="app.catalog.selectors.product_detail_uncached"),
    variants=(Variant(name="cached", selector="app.catalog.selectors.product_detail"),),
)
