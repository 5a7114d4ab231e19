"""A page far from the first: how the database gets there."""

from app.catalog.cursors import FeedCursor
from headtohead.experiment import Experiment, Request, Variant

# Seeded ids run from 1 without a gap, so that key and position name the same place in any shop. It
# is the last page but four of a shop of the default size; in a smaller one the page is empty.
LATE = FeedCursor(position=1900, last_id=1900)

DEEP_PAGE = Experiment(
    name="deep-page",
    question="How much faster is a late page when it is found by its key instead of its offset?",
    request=Request(path=f"/api/products/feed/?cursor={LATE.token}"),
    seam="app.catalog.feed.feed_products",
    baseline=Variant(name="offset", selector="app.catalog.feed.feed_products_by_offset"),
    variants=(Variant(name="keyset", selector="app.catalog.feed.feed_products"),),
    request_at_double_rows=Request(path=f"/api/products/feed/?cursor={LATE.token}&page_size=40"),
)
