import pytest
from prometheus_client import REGISTRY
from pytest_django import Settings
from rest_framework.test import APIClient

from app.catalog.models import Product
from headtohead.django.metrics_sink import RECORDER
from headtohead.protocol.headers import TOKEN_HEADER
from tests.app.config.test_settings import python
from tests.app.factories import make_product

TOKEN = "token-of-this-test"
PROBLEM = "application/problem+json"


@pytest.fixture
def watching(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    settings.HEADTOHEAD = settings.HEADTOHEAD | {"TOKEN": "token-to-measure"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": "bearer token-to-measure"},
        {TOKEN_HEADER: "token-to-measure"},
    ],
)
def test_who_holds_a_token_sees_the_metrics(
    api: APIClient, watching: None, headers: dict[str, str]
) -> None:
    assert api.get("/metrics", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer w\xe9"},
        {"Authorization": f"Basic {TOKEN}"},
        {TOKEN_HEADER: TOKEN},
    ],
)
def test_nobody_else_does(api: APIClient, watching: None, headers: dict[str, str]) -> None:
    response = api.get("/metrics", headers=headers)
    assert (response.status_code, response["Content-Type"]) == (401, PROBLEM)
    assert response["WWW-Authenticate"] == "Bearer"


def test_where_there_is_no_token_nobody_does(api: APIClient, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert api.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401


@pytest.mark.django_db
def test_prometheus_finds_the_metrics_of_requests_and_of_the_database(
    api: APIClient, watching: None
) -> None:
    api.get("/api/tags/")
    RECORDER.flush()
    page = api.get("/metrics", headers={TOKEN_HEADER: "token-to-measure"}).content.decode()
    labels = 'experiment="none",route="api/tags/",variant="none"'
    assert f"headtohead_request_duration_seconds_count{{{labels}}}" in page
    assert "django_db_execute_total" in page


def counted() -> tuple[float, float]:
    """Statements, and updates of products."""
    labels = {"alias": "default", "vendor": "postgresql"}
    return (
        REGISTRY.get_sample_value("django_db_execute_total", labels) or 0,
        REGISTRY.get_sample_value("django_model_updates_total", {"model": "product"}) or 0,
    )


@pytest.mark.django_db
def test_statements_and_changes_of_models_are_counted() -> None:
    product = make_product()
    statements, updates = counted()
    product.save(update_fields=["stock"])
    Product.objects.get(pk=product.pk)
    assert counted() == (statements + 2, updates + 1)


@pytest.mark.parametrize(
    ("experiments", "asked_for", "counts"),
    [("off", "", True), ("on", "", False), ("on", "on", True), ("off", "off", False)],
)
def test_where_requests_may_be_measured_neither_is_counted_unless_asked_for(
    experiments: str, asked_for: str, counts: bool
) -> None:
    code = """
import django
django.setup()
from app.catalog.models import Product
from django.db import connections
from django_prometheus.db.common import DatabaseWrapperMixin
from prometheus_client import REGISTRY
from pytest_django import Settings
updates = REGISTRY.get_sample_value("django_model_updates_total", {"model": "product"})
print(isinstance(connections["default"], DatabaseWrapperMixin), updates)
"""
    found = python(code, H2H_SERVE_EXPERIMENTS=experiments, DATABASE_METRICS=asked_for)
    assert found == ("True 0.0" if counts else "False None")
