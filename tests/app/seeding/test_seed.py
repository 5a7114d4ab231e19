import hashlib

import pytest
from django.apps import apps
from django.core.cache import cache as django_cache
from django.db import connection

from app.accounts.models import Customer
from app.catalog.models import Category, CategoryFigures, Product, ProductTag, Review
from app.catalog.selectors import (
    category_summary,
    category_summary_live,
    category_summary_precomputed,
)
from app.orders.models import Fulfilment, Order, OrderItem, StockReservation
from app.orders.services import order_place
from app.seeding.seed import shop_seed

pytestmark = pytest.mark.django_db(transaction=True)

# Changes only when the rows are meant to change, for then recorded measurements no longer compare.
ROWS = "78fd7c1239354357a5fd772a96390028502fd3ae05dc51bac5578ed97ec9736c"


def hash_of_all_rows() -> str:
    digest = hashlib.sha256()
    catalog = apps.get_app_config("catalog").get_models()
    # The figures tell when they were computed.
    seeded = [model for model in catalog if model is not CategoryFigures]
    models = [*seeded, Customer, Order, OrderItem]
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t ORDER BY id")  # noqa: S608
            digest.update(repr(cursor.fetchall()).encode())
    return digest.hexdigest()


def test_the_same_seed_makes_the_same_rows_today_and_on_any_machine() -> None:
    shop_seed(products=40, seed=7)
    assert hash_of_all_rows() == ROWS


def test_seeding_again_changes_nothing() -> None:
    shop_seed(products=700, seed=7)
    first = hash_of_all_rows()
    shop_seed(products=700, seed=7)
    assert hash_of_all_rows() == first


def test_another_seed_makes_other_rows() -> None:
    shop_seed(products=40, seed=8)
    assert hash_of_all_rows() != ROWS


@pytest.mark.parametrize("products", [1, 2, 499, 1001])
def test_there_are_as_many_products_as_asked_for(products: int) -> None:
    loaded = shop_seed(products=products, seed=1)
    assert loaded[Product].rows == Product.objects.count() == products
    assert Product.objects.order_by("id").last().pk == products


def test_products_have_about_three_tags_and_three_reviews() -> None:
    shop_seed(products=1000, seed=1)
    assert 2.8 < ProductTag.objects.count() / 1000 < 3.2
    assert 2.8 < Review.objects.count() / 1000 < 3.2


def test_customers_have_orders_of_about_four_items() -> None:
    shop_seed(products=1000, seed=1)
    assert Customer.objects.count() == 100
    assert 3.5 < OrderItem.objects.count() / Order.objects.count() < 4.5


def test_the_category_tree_is_three_levels_deep() -> None:
    shop_seed(products=1, seed=1)
    leaves = Category.objects.filter(parent__parent__isnull=False)
    assert (leaves.count(), Category.objects.filter(parent=None).count()) == (64, 8)
    assert not Category.objects.filter(parent__in=leaves).exists()


@pytest.mark.parametrize("products", [1, 2000])
def test_the_first_product_and_customer_fill_a_page(products: int) -> None:
    shop_seed(products=products, seed=1)
    assert Review.objects.filter(product_id=1).count() == 12
    assert Order.objects.filter(customer_id=1).count() == 40


def test_the_cache_forgets_the_rows_that_were_replaced() -> None:
    shop_seed(products=5, seed=1)
    category_summary()
    django_cache.set("anything", 1)
    shop_seed(products=10, seed=1)
    assert category_summary()["categories"] == category_summary_live()["categories"]
    assert django_cache.get("anything") is None


def test_figures_per_category_are_there_from_the_beginning() -> None:
    shop_seed(products=30, seed=1)
    precomputed = category_summary_precomputed()["categories"]
    assert precomputed == category_summary_live()["categories"]
    assert sum(category["products"] for category in precomputed) == 30


def test_what_was_ordered_in_the_last_shop_is_gone() -> None:
    shop_seed(products=5, seed=1)
    customer = Customer.objects.get(pk=2)
    order_place(customer=customer, reference="old", quantities={1: 1}, card="any")
    assert Fulfilment.objects.exists()
    shop_seed(products=5, seed=1)
    assert not Fulfilment.objects.exists()
    assert not StockReservation.objects.exists()
    assert not Order.objects.filter(number="C-2-old").exists()
