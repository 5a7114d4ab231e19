"""The database itself refuses what would not be a catalogue."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from app.catalog.models import Category, Product, ProductTag
from tests.app.factories import (
    make_brand,
    make_category,
    make_customer,
    make_product,
    make_review,
    make_tag,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"price": Decimal("-0.01")}, "product_price_not_negative"),
        ({"stock": -1}, "stock_check"),
        ({"version": 0}, "product_version_positive"),
    ],
)
def test_a_product_keeps_its_numbers_in_range(changes: dict[str, object], constraint: str) -> None:
    product = make_product()
    with pytest.raises(IntegrityError, match=constraint):
        Product.objects.filter(pk=product.pk).update(**changes)


@pytest.mark.parametrize("field", ["sku", "slug"])
def test_a_product_is_told_apart_by_sku_and_slug(field: str) -> None:
    product = make_product()
    with pytest.raises(IntegrityError, match=f"product_{field}_unique"):
        make_product(**{field: getattr(product, field)})


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_is_from_one_to_five(rating: int) -> None:
    with pytest.raises(IntegrityError, match="review_rating_one_to_five"):
        make_review(product=make_product(), rating=rating)


def test_a_customer_reviews_a_product_once() -> None:
    product, customer = make_product(), make_customer()
    make_review(product=product, customer=customer)
    with pytest.raises(IntegrityError, match="review_one_per_customer_and_product"):
        make_review(product=product, customer=customer)


def test_a_product_bears_a_tag_once() -> None:
    product, tag = make_product(tags=0), make_tag()
    ProductTag.objects.create(product=product, tag=tag)
    with pytest.raises(IntegrityError, match="product_tag_unique"):
        ProductTag.objects.create(product=product, tag=tag)


def test_a_category_name_is_unique_within_its_parent() -> None:
    parent = make_category(name="Kitchen")
    make_category(name="Knives", parent=parent)
    make_category(name="Knives", parent=make_category())
    with (
        pytest.raises(IntegrityError, match="category_name_unique_in_parent"),
        transaction.atomic(),
    ):
        make_category(name="Knives", parent=parent)
    with pytest.raises(IntegrityError, match="category_name_unique_in_parent"):
        make_category(name="Kitchen")


def test_a_category_is_not_its_own_parent() -> None:
    category = make_category()
    with pytest.raises(IntegrityError, match="category_not_its_own_parent"):
        Category.objects.filter(pk=category.pk).update(parent=F("id"))


@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (lambda: make_category(slug="same"), "category_slug_unique"),
        (lambda: make_brand(slug="same"), "brand_slug_unique"),
        (lambda: make_brand(name="Same"), "brand_name_unique"),
        (lambda: make_tag(name="same"), "tag_name_unique"),
    ],
)
def test_names_and_slugs_are_unique(make, constraint: str) -> None:
    make()
    with pytest.raises(IntegrityError, match=constraint):
        make()


def test_brands_and_categories_with_products_stay() -> None:
    product = make_product()
    with pytest.raises(ProtectedError):
        product.brand.delete()
    with pytest.raises(ProtectedError):
        product.category.delete()


def test_reviews_go_with_their_product() -> None:
    review = make_review(product=make_product())
    review.product.delete()
    assert not type(review).objects.exists()
