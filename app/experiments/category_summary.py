"""An aggregation over all products and reviews, kept in the cache until one of them changes."""

from headtohead.experiment import Experiment, Request, Variant

CATEGORY_SUMMARY = Experiment(
    name="category-summary",
    question="How much faster are the figures per category when they are cached?",
    request=Request(path="/api/categories/summary/"),
    seam="app.catalog.selectors.category_summary",
    baseline=Variant(name="live", selector="app.catalog.selectors.category_summary_live"),
    variants=(Variant(name="cached", selector="app.catalog.selectors.category_summary"),),
)
