"""A search for part of a name, through all rows or through an index of trigrams."""

from headtohead.experiment import Experiment, Request, Variant

PRODUCT_SEARCH = Experiment(
    name="product-search",
    question="How much faster are products found by part of their name through a trigram index?",
    request=Request(path="/api/products/search/?q=slim+oak+lamp"),
    seam="app.catalog.selectors.product_search",
    baseline=Variant(name="sequential", selector="app.catalog.selectors.product_search_sequential"),
    variants=(Variant(name="indexed", selector="app.catalog.selectors.product_search"),),
)
