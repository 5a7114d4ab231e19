"""An aggregation over all products and reviews: computed when asked for, cached, or materialised.

The cache is forgotten after every write, so it is right, and the next request computes it anew. The
table is brought up to date by a Celery task once a minute: no request computes anything, and each
may be a minute behind. Each answer tells its age.
"""

from headtohead.experiment import Experiment, Request, Variant

CATEGORY_SUMMARY = Experiment(
    name="category-summary",
    question="How much faster are the figures per category when they are cached or precomputed?",
    request=Request(path="/api/categories/summary/"),
    seam="app.catalog.selectors.category_summary",
    baseline=Variant(name="live", selector="app.catalog.selectors.category_summary_live"),
    variants=(
        Variant(name="cached", selector="app.catalog.selectors.category_summary"),
        Variant(name="precomputed", selector="app.catalog.selectors.category_summary_precomputed"),
    ),
    needs=("celery",),
)
