import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from app.accounts.models import User
from app.catalog.models import Product, Review
from headtohead.protocol.headers import TOKEN_HEADER
from tests.app.factories import (
    make_brand,
    make_category,
    make_customer,
    make_product,
    make_review,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product() -> Product:
    return make_product()


def test_a_page_holds_twenty_products_and_names_the_next(api: APIClient) -> None:
    ids = [make_product(tags=0).pk for _ in range(21)]
    first = api.get("/api/products/").json()
    second = api.get(first["next"]).json()
    assert first["count"] == 21
    assert [row["id"] for row in first["results"] + second["results"]] == ids
    assert (len(first["results"]), second["next"]) == (20, None)


@pytest.mark.parametrize(("asked", "given"), [("1", 1), ("100", 100), ("101", 100), ("x", 20)])
def test_a_client_may_ask_for_up_to_a_hundred_products(
    api: APIClient, asked: str, given: int
) -> None:
    brand, category = make_brand(), make_category()
    for _ in range(102):
        make_product(brand=brand, category=category, tags=0)
    page = api.get("/api/products/", {"page_size": asked}).json()
    assert len(page["results"]) == given


def test_there_is_no_page_beyond_the_last(api: APIClient, product: Product) -> None:
    assert api.get("/api/products/?page=2").status_code == 404


def test_a_listed_product_comes_with_brand_category_and_tags(api: APIClient) -> None:
    product = make_product(
        brand=make_brand(name="Acme", slug="acme"),
        category=make_category(name="Pans", slug="pans"),
        tags=0,
    )
    product.tags.set([make_tag(name="new"), make_tag(name="light")])
    row = api.get("/api/products/").json()["results"][0]
    assert row["price"] == "10.00"
    assert row["brand"] == {"id": product.brand_id, "name": "Acme", "slug": "acme"}
    assert row["category"] == {"id": product.category_id, "name": "Pans", "slug": "pans"}
    assert [tag["name"] for tag in row["tags"]] == ["light", "new"]


def test_following_the_feed_meets_every_product_once(api: APIClient) -> None:
    ids = [make_product(tags=1).pk for _ in range(5)]
    address, met = "/api/products/feed/?page_size=2", []
    sizes = []
    while address:
        page = api.get(address).json()
        met += [row["id"] for row in page["results"]]
        sizes.append(len(page["results"]))
        address = page["next"]
    assert (met, sizes) == (ids, [2, 2, 1])


def test_a_full_last_page_of_the_feed_names_no_next(api: APIClient, product: Product) -> None:
    page = api.get("/api/products/feed/?page_size=1").json()
    assert [row["id"] for row in page["results"]] == [product.pk]
    assert page["next"] is None


def test_a_row_of_the_feed_is_that_of_the_list(api: APIClient, product: Product) -> None:
    feed, listed = (api.get(f"/api/products/{path}").json() for path in ("feed/", ""))
    assert feed["results"] == listed["results"]


def test_a_feed_without_products_is_one_empty_page(api: APIClient) -> None:
    assert api.get("/api/products/feed/").json() == {"next": None, "results": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=x", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=%F0%9F%98%80", "cursor"),
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=x", "page_size"),
    ],
)
def test_an_invalid_query_of_the_feed_names_the_parameter(
    api: APIClient, query: str, field: str
) -> None:
    response = api.get(f"/api/products/feed/?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"].keys() == {field}


def test_recommended_products_are_counted(api: APIClient, product: Product) -> None:
    make_review(product=product, rating=4)
    make_review(product=make_product(), rating=3)
    page = api.get("/api/products/recommended/").json()
    assert [row["id"] for row in page["results"]] == [product.pk]
    assert (page["count"], page["capped"]) == (1, False)
    assert api.get("/api/products/recommended/?min_rating=3").json()["count"] == 2


@pytest.mark.parametrize("min_rating", ["0", "6", "x"])
def test_a_rating_that_cannot_be_recommends_nothing(api: APIClient, min_rating: str) -> None:
    response = api.get("/api/products/recommended/", {"min_rating": min_rating})
    assert response.status_code == 400
    assert response.json()["errors"].keys() == {"min_rating"}


def test_a_search_lists_products_of_the_name_page_by_page(api: APIClient) -> None:
    ids = [make_product(name="Oak Lamp").pk for _ in range(3)]
    make_product(name="Steel Lamp")
    first = api.get("/api/products/search/", {"q": " oak ", "page_size": 2}).json()
    second = api.get(first["next"]).json()
    assert first["count"] == 3
    assert [row["id"] for row in first["results"] + second["results"]] == ids
    assert second["next"] is None


def test_a_search_that_finds_nothing_is_one_empty_page(api: APIClient, product: Product) -> None:
    page = api.get("/api/products/search/", {"q": "%_%"}).json()
    assert page == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "  oa "}, {"q": "x" * 101}, {"q": "o\0k"}])
def test_a_search_for_too_little_or_too_much_is_refused(
    api: APIClient, query: dict[str, str]
) -> None:
    response = api.get("/api/products/search/", query)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"].keys() == {"q"}


def test_a_product_page_rounds_its_average_to_two_places(api: APIClient, product: Product) -> None:
    for rating in (1, 2, 2):
        make_review(product=product, rating=rating)
    page = api.get(f"/api/products/{product.pk}/").json()
    assert page["rating"] == {"count": 3, "average": "1.67"}
    assert page["version"] == 1


@pytest.mark.parametrize("product_id", [0, 10**30])
def test_an_id_that_cannot_be_is_not_found(api: APIClient, product_id: int) -> None:
    for path in (f"/api/products/{product_id}/", f"/api/products/{product_id}/reviews/"):
        assert api.get(path).status_code == 404


def test_an_editor_changes_a_product(api: APIClient, editor: User, product: Product) -> None:
    tag = make_tag()
    api.force_authenticate(editor)
    response = api.patch(
        f"/api/products/{product.pk}/",
        {"price": "19.90", "tag_ids": [tag.pk], "brand_id": make_brand(name="New").pk},
    )
    page = response.json()
    assert response.status_code == 200
    assert (page["price"], page["version"], page["brand"]["name"]) == ("19.90", 2, "New")
    assert [row["id"] for row in page["tags"]] == [tag.pk]


def test_a_change_of_an_unknown_product_is_not_found(api: APIClient, editor: User) -> None:
    api.force_authenticate(editor)
    assert api.patch("/api/products/1/", {"stock": 1}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"price": "-1"},
        {"price": "1.999"},
        {"stock": -1},
        {"stock": 2**31},
        {"name": ""},
        {"brand_id": 0},
        {"tag_ids": [0]},
        {"category_id": None},
    ],
)
def test_an_invalid_change_names_the_field(
    api: APIClient, editor: User, product: Product, body: dict[str, object]
) -> None:
    api.force_authenticate(editor)
    response = api.patch(f"/api/products/{product.pk}/", body)
    assert response.status_code == 400
    assert response.json()["errors"].keys() == body.keys()


def test_without_the_permission_nobody_changes_a_product(api: APIClient, product: Product) -> None:
    path = f"/api/products/{product.pk}/"
    assert api.patch(path, {"stock": 1}).status_code == 401
    api.force_authenticate(make_user(is_staff=True))
    assert api.patch(path, {"stock": 1}).status_code == 403


def test_a_challenge_tells_anonymous_writers_how_to_sign_in(
    api: APIClient, product: Product
) -> None:
    response = api.patch(f"/api/products/{product.pk}/", {"stock": 1})
    assert response["WWW-Authenticate"].startswith("Bearer ")


def test_reviews_are_listed_newest_first_with_names(api: APIClient, product: Product) -> None:
    older = make_review(product=product, customer=make_customer(full_name="Ada Archer"))
    newer = make_review(product=product)
    make_review(product=make_product())
    rows = api.get(f"/api/products/{product.pk}/reviews/").json()["results"]
    assert [row["id"] for row in rows] == [newer.pk, older.pk]
    assert rows[1]["customer_name"] == "Ada Archer"


def test_a_customer_reviews_a_product_once(api: APIClient, product: Product) -> None:
    user = make_user()
    make_customer(user=user, full_name="Ada Archer")
    api.force_authenticate(user)
    path = f"/api/products/{product.pk}/reviews/"
    created = api.post(path, {"rating": 5, "body": "Good."})
    assert created.status_code == 201
    assert created.json() == api.get(path).json()["results"][0]
    assert created.json()["customer_name"] == "Ada Archer"
    assert api.post(path, {"rating": 1, "body": "Again."}).status_code == 409


@pytest.mark.parametrize("body", [{"rating": 6, "body": "x"}, {"rating": 5}, {"body": "x"}])
def test_an_invalid_review_is_refused(
    api: APIClient, product: Product, body: dict[str, object]
) -> None:
    user = make_user()
    make_customer(user=user)
    api.force_authenticate(user)
    assert api.post(f"/api/products/{product.pk}/reviews/", body).status_code == 400


def test_only_customers_review(api: APIClient, product: Product) -> None:
    path, review = f"/api/products/{product.pk}/reviews/", {"rating": 5, "body": "Good."}
    assert api.post(path, review).status_code == 401
    api.force_authenticate(make_user())
    assert api.post(path, review).status_code == 403
    assert not Review.objects.exists()


def test_categories_show_their_place_in_the_tree(api: APIClient) -> None:
    root = make_category(name="A")
    leaf = make_category(name="B", parent=root)
    rows = api.get("/api/categories/").json()["results"]
    assert [(row["id"], row["parent_id"]) for row in rows] == [(root.pk, None), (leaf.pk, root.pk)]


def test_the_summary_shows_rounded_averages(api: APIClient) -> None:
    product = make_product()
    for rating in (1, 2, 2):
        make_review(product=product, rating=rating)
    (row,) = api.get("/api/categories/summary/").json()
    assert (row["products"], row["average_price"]) == (1, "10.00")
    assert (row["reviews"], row["average_rating"]) == (3, "1.67")


@pytest.mark.parametrize(("path", "make"), [("brands", make_brand), ("tags", make_tag)])
def test_brands_and_tags_are_listed_by_name(api: APIClient, path: str, make) -> None:
    make(name="b")
    make(name="a")
    rows = api.get(f"/api/{path}/").json()["results"]
    assert [row["name"] for row in rows] == ["a", "b"]


def test_every_page_is_served_without_the_cache(
    api: APIClient, product: Product, cache_down: None
) -> None:
    paths = ("products/", f"products/{product.pk}/", "products/popular/", "categories/summary/")
    for path in paths:
        assert api.get(f"/api/{path}").status_code == 200


def test_a_product_page_tells_its_version_and_what_was_cached(
    api: APIClient, product: Product
) -> None:
    first, second = (api.get(f"/api/products/{product.pk}/") for _ in range(2))
    assert first["Cache-Status"] == (
        "product-facts; fwd=miss; stored, newest-products; fwd=miss; stored"
    )
    assert second["Cache-Status"] == "product-facts; hit, newest-products; hit"
    assert first["Product-Version"] == second["Product-Version"] == "1"


def test_whoever_measures_the_server_changes_a_product(
    api: APIClient, product: Product, settings: Settings
) -> None:
    settings.HEADTOHEAD = settings.HEADTOHEAD | {"TOKEN": "secret"}
    path, change = f"/api/products/{product.pk}/", {"price": "19.90"}
    assert api.patch(path, change, headers={TOKEN_HEADER: "guessed"}).status_code == 401
    response = api.patch(path, change, headers={TOKEN_HEADER: "secret"})
    assert (response.status_code, response["Product-Version"]) == (200, "2")


def test_popular_products_are_those_with_the_most_reviews(api: APIClient) -> None:
    products = [make_product() for _ in range(22)]
    for product, reviews in ((products[3], 1), (products[5], 2)):
        for _ in range(reviews):
            make_review(product=product)
    response = api.get("/api/products/popular/")
    rows = response.json()
    assert [(row["id"], row["reviews"]) for row in rows[:3]] == [
        (products[5].pk, 2),
        (products[3].pk, 1),
        (products[0].pk, 0),
    ]
    assert len(rows) == 20
    assert rows[0]["brand"]["id"] == products[5].brand_id
    assert response["Cache-Status"] == "popular-products; fwd=miss; stored"


def test_the_summary_tells_its_age(api: APIClient, product: Product) -> None:
    assert api.get("/api/categories/summary/").headers["Age"] == "0"
