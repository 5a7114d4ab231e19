"""What it costs to make bytes of what was read: serializers, renderers, ready bytes."""

import pytest
from django.test import RequestFactory
from rest_framework.renderers import JSONRenderer

from app.catalog import feed, pages, selectors
from app.catalog.models import Product
from app.catalog.serializers import (
    CategorySummarySerializer,
    ProductDetailSerializer,
    ProductSerializer,
)
from app.orders import selectors as orders
from app.orders.models import Order
from app.orders.serializers import OrderSerializer

PAGE = 25
PATH = "/api/products/7/page/"


@pytest.fixture(autouse=True)
def rows(seeded):
    seeded(200)


def test_page_of_products_serialized(benchmark):
    products = list(selectors.product_list()[:PAGE])
    assert len(benchmark(lambda: ProductSerializer(products, many=True).data)) == PAGE


def test_one_product_serialized(benchmark):
    product = selectors.product_detail(product_id=7)
    assert benchmark(lambda: ProductDetailSerializer(product).data)["id"] == 7


def test_summary_of_categories_serialized(benchmark):
    categories = selectors.category_summary_live()["categories"]
    serialized = benchmark(lambda: CategorySummarySerializer(categories, many=True).data)
    assert len(serialized) == len(categories)


def test_orders_serialized(benchmark):
    customer = Order.objects.order_by("id").first().customer
    found = list(orders.order_history(customer=customer))
    assert len(benchmark(lambda: OrderSerializer(found, many=True).data)) == len(found)


@pytest.mark.parametrize("rows_of", [feed.feed_rows, feed.feed_rows_by_serializer])
def test_rows_of_the_feed(benchmark, rows_of):
    products = Product.objects.order_by("id")[:PAGE]
    assert len(benchmark(lambda: rows_of(products=products.all()))) == PAGE


def test_page_of_products_rendered(benchmark):
    page = ProductSerializer(selectors.product_list()[:PAGE], many=True).data
    assert benchmark(JSONRenderer().render, page).startswith(b"[{")


@pytest.mark.parametrize(
    "page", [pages.product_page, pages.product_page_from_objects, pages.product_page_bare]
)
def test_page_of_one_product(benchmark, page):
    response = benchmark(lambda: page(RequestFactory().get(PATH), product_id=7))
    assert response.status_code == 200
