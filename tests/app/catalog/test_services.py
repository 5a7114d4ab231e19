"""Writes, and what the cache shows after them; transactions are real, so that commits are."""

from decimal import Decimal

import pytest
from django.db import transaction

from app.catalog.errors import DuplicateReviewError, StaleProductError
from app.catalog.models import Product, Review
from app.catalog.selectors import (
    category_summary,
    category_summary_live,
    product_detail,
    product_detail_uncached,
)
from app.catalog.services import product_update, review_create
from tests.app.factories import make_category, make_customer, make_product, make_review, make_tag

pytestmark = pytest.mark.django_db(transaction=True)


class ChangedMindError(Exception):
    pass


@pytest.fixture
def product() -> Product:
    return make_product()


def warm_cache(*products: Product) -> None:
    for product in products:
        product_detail(product_id=product.pk)
    category_summary()


def assert_cache_is_right(*products: Product) -> None:
    for product in products:
        cached = product_detail(product_id=product.pk)
        assert cached == product_detail_uncached(product_id=product.pk)
    assert category_summary()["categories"] == category_summary_live()["categories"]


def test_an_update_changes_what_it_names_and_counts_up_the_version(product: Product) -> None:
    tag = make_tag()
    updated = product_update(
        product_id=product.pk, changes={"price": Decimal("7.50"), "tags": [tag]}
    )
    product.refresh_from_db()
    assert (product.price, product.version) == (Decimal("7.50"), 2)
    assert list(product.tags.all()) == [tag]
    assert product.updated_at == updated.updated_at > product.created_at
    product_update(product_id=product.pk, changes={"stock": 3})
    product.refresh_from_db()
    assert (product.price, product.stock, product.version) == (Decimal("7.50"), 3, 3)
    assert list(product.tags.all()) == [tag]


def test_an_update_of_an_unknown_product_fails() -> None:
    with pytest.raises(Product.DoesNotExist):
        product_update(product_id=1, changes={"stock": 1})


def test_an_update_meant_for_another_version_changes_nothing(product: Product) -> None:
    product_update(product_id=product.pk, changes={"stock": 3}, expected_version=1)
    with pytest.raises(StaleProductError) as stale:
        product_update(product_id=product.pk, changes={"stock": 9}, expected_version=1)
    product.refresh_from_db()
    assert (product.stock, product.version, stale.value.version) == (3, 2, 2)


def test_after_an_update_its_page_those_it_is_related_to_and_the_summary_are_right(
    product: Product,
) -> None:
    neighbour = make_product(category=product.category)
    warm_cache(product, neighbour)
    product_update(product_id=product.pk, changes={"name": "Renamed", "price": Decimal(99)})
    assert_cache_is_right(product, neighbour)
    related = product_detail(product_id=neighbour.pk)["related_products"]
    assert [row["name"] for row in related] == ["Renamed"]


def test_after_a_move_to_another_category_the_pages_of_both_are_right(product: Product) -> None:
    elsewhere = make_category()
    left = make_product(category=product.category)
    joined = make_product(category=elsewhere)
    warm_cache(product, left, joined)
    product_update(product_id=product.pk, changes={"category": elsewhere})
    assert_cache_is_right(product, left, joined)
    assert product_detail(product_id=left.pk)["related_products"] == []


def test_an_update_leaves_other_categories_cached(
    product: Product, django_assert_num_queries
) -> None:
    other = make_product()
    warm_cache(other)
    product_update(product_id=product.pk, changes={"stock": 1})
    with django_assert_num_queries(0):
        product_detail(product_id=other.pk)


def test_after_a_review_the_page_and_the_summary_are_right(product: Product) -> None:
    warm_cache(product)
    review_create(product=product, customer=make_customer(), rating=5, body="Good.")
    assert_cache_is_right(product)
    assert product_detail(product_id=product.pk)["rating"] == {"count": 1, "average": Decimal(5)}


def test_until_the_commit_the_cache_keeps_what_others_still_see(
    product: Product, django_assert_num_queries
) -> None:
    warm_cache(product)
    with transaction.atomic():
        product_update(product_id=product.pk, changes={"stock": 9})
        with django_assert_num_queries(0):
            assert product_detail(product_id=product.pk)["version"] == 1
    assert product_detail(product_id=product.pk)["version"] == 2


def test_after_a_rollback_the_cache_is_as_it_was(
    product: Product, django_assert_num_queries
) -> None:
    warm_cache(product)
    with pytest.raises(ChangedMindError), transaction.atomic():
        product_update(product_id=product.pk, changes={"stock": 9})
        review_create(product=product, customer=make_customer(), rating=5, body="Good.")
        raise ChangedMindError
    with django_assert_num_queries(0):
        warm_cache(product)
    assert_cache_is_right(product)


def test_a_second_review_of_the_same_product_is_refused(product: Product) -> None:
    review = make_review(product=product)
    with pytest.raises(DuplicateReviewError):
        review_create(product=product, customer=review.customer, rating=1, body="Again.")
    assert Review.objects.count() == 1


def test_writes_succeed_without_the_cache(product: Product, cache_down: None) -> None:
    product_update(product_id=product.pk, changes={"stock": 9})
    review_create(product=product, customer=make_customer(), rating=5, body="Good.")
    assert product_detail(product_id=product.pk)["rating"]["count"] == 1
