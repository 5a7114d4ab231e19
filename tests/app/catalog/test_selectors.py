from decimal import Decimal

import pytest

from app.catalog.models import CategoryFigures, Product
from app.catalog.selectors import (
    category_summary,
    category_summary_live,
    category_summary_precomputed,
    product_detail,
    product_detail_uncached,
    product_list,
    product_list_naive,
    product_recommended_list,
)
from app.catalog.services import category_figures_refresh
from tests.app.factories import make_category, make_product, make_review

pytestmark = pytest.mark.django_db


def shown(products) -> list[tuple[object, ...]]:
    return [
        (product.pk, product.brand, product.category, list(product.tags.all()))
        for product in products
    ]


def test_both_product_lists_hold_the_same_rows_in_the_same_order() -> None:
    for _ in range(5):
        make_product(tags=3)
    assert shown(product_list()) == shown(product_list_naive())


def test_the_product_list_takes_two_queries_however_many_products(
    django_assert_num_queries,
) -> None:
    for _ in range(4):
        make_product()
        make_product()
        with django_assert_num_queries(2):
            shown(product_list())


@pytest.mark.parametrize("products", [3, 6])
def test_the_naive_product_list_takes_three_more_queries_per_product(
    products: int, django_assert_num_queries
) -> None:
    for _ in range(products):
        make_product()
    with django_assert_num_queries(1 + 3 * products):
        shown(product_list_naive())


def test_a_product_is_recommended_once_by_a_review_that_is_good_enough() -> None:
    liked, disliked, _unreviewed, *others = [make_product() for _ in range(5)]
    for rating in (3, 4, 5):
        make_review(product=liked, rating=rating)
    make_review(product=disliked, rating=3)
    for other in reversed(others):
        make_review(product=other, rating=5)
    assert list(product_recommended_list(min_rating=4)) == [liked, *others]
    assert disliked in product_recommended_list(min_rating=3)


@pytest.mark.parametrize("select", [product_detail, product_detail_uncached])
def test_a_product_page_shows_rating_latest_reviews_and_newest_others(select) -> None:
    category = make_category()
    product, *others = [make_product(category=category) for _ in range(11)]
    reviews = [make_review(product=product, rating=rating) for rating in [1] * 6 + [2] * 6]
    page = select(product_id=product.pk)
    assert page["rating"] == {"count": 12, "average": Decimal("1.5")}
    assert [review["id"] for review in page["latest_reviews"]] == [
        review.pk for review in reversed(reviews[2:])
    ]
    assert [row["id"] for row in page["related_products"]] == [
        other.pk for other in reversed(others[2:])
    ]


@pytest.mark.parametrize("select", [product_detail, product_detail_uncached])
def test_a_product_page_does_not_show_the_product_among_the_others(select) -> None:
    category = make_category()
    *others, newest = [make_product(category=category) for _ in range(10)]
    related = select(product_id=newest.pk)["related_products"]
    assert [row["id"] for row in related] == [other.pk for other in reversed(others[1:])]


@pytest.mark.parametrize("select", [product_detail, product_detail_uncached])
def test_a_product_without_reviews_has_no_average(select) -> None:
    assert select(product_id=make_product().pk)["rating"] == {"count": 0, "average": None}


@pytest.mark.parametrize("select", [product_detail, product_detail_uncached])
def test_an_unknown_product_does_not_exist(select) -> None:
    with pytest.raises(Product.DoesNotExist):
        select(product_id=1)


def test_a_cached_product_page_takes_no_query_and_is_the_same(django_assert_num_queries) -> None:
    product = make_product()
    make_review(product=product)
    first = product_detail(product_id=product.pk)
    with django_assert_num_queries(0):
        again = product_detail(product_id=product.pk)
    assert first == again == product_detail_uncached(product_id=product.pk)


def test_products_of_a_category_share_its_newest_products(django_assert_num_queries) -> None:
    category = make_category()
    one, other = make_product(category=category), make_product(category=category)
    product_detail(product_id=one.pk)
    with django_assert_num_queries(4):
        product_detail(product_id=other.pk)


def test_the_summary_weighs_each_product_and_each_review_once() -> None:
    category, empty = make_category(name="A"), make_category(name="B")
    cheap = make_product(category=category, price=Decimal(10))
    make_product(category=category, price=Decimal(20))
    for rating in (1, 2, 2):
        make_review(product=cheap, rating=rating)
    full, bare = category_summary_live()["categories"]
    assert (full["products"], full["average_price"], full["reviews"]) == (2, Decimal(15), 3)
    assert round(full["average_rating"], 4) == Decimal("1.6667")
    assert bare == {
        "id": empty.pk,
        "name": "B",
        "slug": empty.slug,
        "products": 0,
        "average_price": None,
        "reviews": 0,
        "average_rating": None,
    }


def test_a_cached_summary_takes_no_query_and_is_the_same(django_assert_num_queries) -> None:
    make_review(product=make_product())
    first = category_summary()
    with django_assert_num_queries(0):
        again = category_summary()
    assert first == again
    assert again["categories"] == category_summary_live()["categories"]


def test_a_precomputed_summary_takes_one_query_and_is_the_same(django_assert_num_queries) -> None:
    # Neither average comes out even.
    category = make_category()
    for number in (1, 2, 2):
        product = make_product(category=category, price=Decimal(number))
        make_review(product=product, rating=number)
    make_category(name="Empty")
    live = category_summary_live()
    category_figures_refresh()
    with django_assert_num_queries(1):
        precomputed = category_summary_precomputed()
    assert precomputed["categories"] == live["categories"]
    assert precomputed["computed_at"] >= live["computed_at"]


def test_a_precomputed_summary_is_as_old_as_its_computation() -> None:
    product = make_product(price=Decimal(10))
    category_figures_refresh()
    before = category_summary_precomputed()
    product.price = Decimal(20)
    product.save()
    assert category_summary_precomputed() == before
    category_figures_refresh()
    after = category_summary_precomputed()
    assert after["computed_at"] > before["computed_at"]
    assert after["categories"][0]["average_price"] == 20
    assert CategoryFigures.objects.count() == 1


def test_without_a_computation_the_precomputed_summary_is_computed() -> None:
    make_product()
    assert category_summary_precomputed()["categories"] == category_summary_live()["categories"]


def test_without_the_cache_the_database_answers(cache_down: None) -> None:
    product = make_product()
    assert product_detail(product_id=product.pk) == product_detail_uncached(product_id=product.pk)
    assert category_summary()["categories"] == category_summary_live()["categories"]
