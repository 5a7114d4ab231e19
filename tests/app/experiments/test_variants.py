"""What the variants of each experiment cost; that they answer alike is a contract of all."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from app.seeding.seed import shop_seed
from headtohead.experiment_registry import load_experiments

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "the-token-of-this-server"
EXPERIMENTS = {experiment.name: experiment for experiment in load_experiments("app.experiments")}


@pytest.fixture(autouse=True)
def shop() -> None:
    shop_seed(products=60, seed=1)


@pytest.fixture
def measured(settings: Settings) -> Callable[..., Any]:
    """Sends an experiment's request as the harness does, and returns the response."""
    settings.HEADTOHEAD = {"EXPERIMENTS": True, "TOKEN": TOKEN, "PACKAGE": "app.experiments"}

    def send(experiment_name: str, variant_name: str) -> Any:
        experiment = EXPERIMENTS[experiment_name]
        variant = experiment.variant(variant_name)
        request = experiment.request_for(variant, token=TOKEN)
        return APIClient().generic(
            request.method, request.path, request.body or "", headers=dict(request.headers)
        )

    return send


@pytest.mark.parametrize(
    ("experiment", "variant", "queries"),
    [
        ("product-list", "naive", 152),
        ("product-list", "prefetched", 3),
        ("order-history", "prefetched", 4),
        ("product-detail", "uncached", 5),
        ("category-summary", "live", 3),
        ("category-summary", "precomputed", 1),
        ("cache-backend", "no-cache", 5),
        ("cache-invalidation", "before-commit", 5),
        ("cache-invalidation", "after-commit", 5),
        ("hot-key", "unprotected", 1),
        ("hot-key", "early", 1),
        ("hot-key", "single-flight", 1),
        ("product-count", "exact", 3),
        ("product-count", "bounded", 3),
        ("serializer", "model-serializer", 2),
        ("serializer", "lean", 2),
        ("catalog-graphql", "dataloader", 6),
    ],
)
def test_a_variant_takes_as_many_queries_as_it_says(
    experiment: str,
    variant: str,
    queries: int,
    measured: Callable[..., Any],
    django_assert_num_queries,
) -> None:
    with django_assert_num_queries(queries):
        measured(experiment, variant)


def test_the_naive_order_history_takes_over_a_hundred_queries(
    measured: Callable[..., Any], django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(1000) as captured:
        measured("order-history", "naive")
    assert len(captured) > 100


@pytest.mark.parametrize(
    ("experiment", "variant"),
    [
        ("product-detail", "cached"),
        ("category-summary", "cached"),
        ("cache-backend", "local-memory"),
        ("cache-backend", "valkey"),
        ("cache-invalidation", "before-commit"),
        ("hot-key", "early"),
        ("rendered-cache", "cached-objects"),
        ("rendered-cache", "rendered-bytes"),
        ("rendered-cache", "bare"),
    ],
)
def test_a_warm_cache_takes_no_query(
    experiment: str, variant: str, measured: Callable[..., Any], django_assert_num_queries
) -> None:
    measured(experiment, variant)
    with django_assert_num_queries(0):
        measured(experiment, variant)


def test_a_naive_graphql_page_takes_a_query_per_object(
    measured: Callable[..., Any], django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(1000) as captured:
        answer = measured("catalog-graphql", "naive").json()
    items = answer["data"]["products"]["items"]
    reviews = sum(len(item["reviews"]) for item in items)
    # Brand, category, tags and reviews of each product, and the customer of each review.
    assert len(captured) == 1 + 4 * len(items) + reviews


def test_the_requests_meet_full_pages(measured: Callable[..., Any]) -> None:
    products = measured("product-list", "prefetched").json()
    orders = measured("order-history", "prefetched").json()
    page = measured("product-detail", "cached").json()
    graph = measured("catalog-graphql", "dataloader").json()
    assert len(products["results"]) == 50
    assert len(orders["results"]) == 20
    assert sum(len(order["items"]) for order in orders["results"]) >= 60
    assert len(page["latest_reviews"]) == 10
    assert "errors" not in graph
    assert len(graph["data"]["products"]["items"]) == 20


def test_the_requests_meet_what_they_are_about_in_a_shop_of_the_default_size(
    measured: Callable[..., Any],
) -> None:
    shop_seed(products=2000, seed=1)
    late = measured("deep-page", "keyset").json()
    long = measured("serializer", "lean").json()
    counted = measured("product-count", "bounded").json()
    found = measured("product-search", "indexed").json()
    assert [row["id"] for row in late["results"]] == list(range(1901, 1921))
    assert len(long["results"]) == 200
    assert (counted["count"], counted["capped"]) == (200, True)
    assert 0 < found["count"] == len(found["results"]) < 20
