"""What reading costs without a request around it: a page of rows, or a page's data."""

from functools import partial

import pytest

from app.catalog import feed, selectors
from app.catalog.cursors import FeedCursor
from app.catalog.models import Product
from app.orders import selectors as orders
from app.orders.models import Order

PAGE = 25


@pytest.fixture(autouse=True)
def rows(seeded):
    seeded(200)


def read(rows) -> list[object]:
    """A page, as a paginator reads it."""
    return list(rows[:PAGE])


@pytest.mark.parametrize(
    "products",
    [
        selectors.product_list,
        selectors.product_list_naive,
        partial(selectors.product_recommended_list, min_rating=4),
        partial(feed.feed_products, cursor=FeedCursor(position=100, last_id=100)),
        partial(feed.feed_products_by_offset, cursor=FeedCursor(position=100, last_id=100)),
    ],
    ids=["list", "list-naive", "recommended", "feed-keyset", "feed-offset"],
)
def test_page_of_products(benchmark, products):
    found = benchmark(lambda: read(products()))
    assert len(found) == PAGE


@pytest.mark.parametrize("search", [selectors.product_search, selectors.product_search_sequential])
def test_search(benchmark, search):
    text = Product.objects.values_list("name", flat=True).order_by("id").first()[:4]
    found = benchmark(lambda: read(search(text=text)))
    assert all(text.casefold() in product.name.casefold() for product in found)
    assert found


@pytest.mark.parametrize("detail", [selectors.product_detail, selectors.product_detail_uncached])
def test_page_of_one_product(benchmark, detail):
    assert benchmark(detail, product_id=7)["id"] == 7


@pytest.mark.parametrize(
    "summary",
    [
        selectors.category_summary,
        selectors.category_summary_live,
        selectors.category_summary_precomputed,
    ],
)
def test_summary_of_categories(benchmark, summary):
    assert benchmark(summary)["categories"]


@pytest.mark.parametrize("history", [orders.order_history, orders.order_history_naive])
def test_orders_of_a_customer(benchmark, history):
    customer = Order.objects.order_by("id").first().customer
    found = benchmark(lambda: read(history(customer=customer)))
    assert found
