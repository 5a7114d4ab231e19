"""The quotes of carriers, asked over HTTP."""

import asyncio

import pytest
from django.test import AsyncClient, Client
from pytest_django import Settings

from app.delivery.carriers import delivery_quotes, delivery_quotes_one_by_one
from app.delivery.stub import application
from headtohead.host.ports import free_port
from tests.upstreams import UpstreamUrl

PATH = "/api/delivery/quotes/"
QUOTES = [
    {"carrier": "north", "price": "4.90", "days": 3},
    {"carrier": "parcel", "price": "5.50", "days": 2},
    {"carrier": "swift", "price": "9.80", "days": 1},
]


@pytest.fixture
def carriers(settings: Settings, upstream_url: UpstreamUrl) -> None:
    settings.CARRIERS_URL = upstream_url(f"{application.__module__}:application")


def test_every_carrier_is_asked_whichever_interface_serves(carriers: None) -> None:
    assert Client().get(PATH).json() == {"results": QUOTES}

    async def answer() -> object:
        return (await AsyncClient().get(PATH)).json()

    assert asyncio.run(answer()) == {"results": QUOTES}


def test_asked_at_once_or_one_by_one_they_say_the_same(carriers: None) -> None:
    assert asyncio.run(delivery_quotes()) == delivery_quotes_one_by_one() == QUOTES


@pytest.mark.parametrize("path", ["nowhere", ""])
def test_a_carrier_that_has_no_quote_is_named(
    settings: Settings, upstream_url: UpstreamUrl, path: str
) -> None:
    url = upstream_url("app.delivery.stub:application")
    settings.CARRIERS_URL = f"{url}/nowhere" if path else f"http://127.0.0.1:{free_port()}"
    response = Client().get(PATH)
    assert (response.status_code, response["Content-Type"]) == (502, "application/problem+json")
    assert response.json()["detail"].startswith("The carrier north does not answer")


def test_without_carriers_there_is_nobody_to_ask() -> None:
    response = Client().get(PATH)
    assert (response.status_code, response.json()["status"]) == (503, 503)


def test_quotes_are_only_read() -> None:
    assert Client().post(PATH).status_code == 405


def test_the_schema_tells_of_them(api: Client) -> None:
    schema = api.get("/api/schema/").content.decode()
    assert PATH in schema
    assert "DeliveryQuote" in schema
