"""Quotes of the carriers, each of which has a service of its own to be asked."""

import asyncio
import ssl
from functools import lru_cache
from typing import Any, TypedDict

import httpx
from django.conf import settings

from headtohead.django import seam

CARRIERS = ("north", "parcel", "swift")
TIMEOUT_SECONDS = 2.0


class Quote(TypedDict):
    """What a carrier takes for a parcel, and how long it takes for it."""

    carrier: str
    price: str
    days: int


class CarrierUnavailableError(Exception):
    """A carrier does not answer, or not with a quote."""


@seam
async def delivery_quotes() -> list[Quote]:
    """Every carrier's quote; all of them are asked at once.

    Raises:
        CarrierUnavailableError: One does not answer.
    """

    async def ask(carrier: str) -> Quote:
        try:
            return _quote(carrier, await client.get(_path(carrier)))
        except httpx.HTTPError as error:
            raise CarrierUnavailableError(carrier) from error

    async with httpx.AsyncClient(**_client_settings()) as client:
        return await asyncio.gather(*(ask(carrier) for carrier in CARRIERS))


def delivery_quotes_one_by_one() -> list[Quote]:
    """Every carrier's quote; each is asked once the one before it has answered.

    Raises:
        CarrierUnavailableError: One does not answer.
    """

    def ask(carrier: str) -> Quote:
        try:
            return _quote(carrier, client.get(_path(carrier)))
        except httpx.HTTPError as error:
            raise CarrierUnavailableError(carrier) from error

    with httpx.Client(**_client_settings()) as client:
        return [ask(carrier) for carrier in CARRIERS]


def _path(carrier: str) -> str:
    return f"/carriers/{carrier}/quote/"


def _quote(carrier: str, answer: httpx.Response) -> Quote:
    quote = answer.raise_for_status().json()
    return {"carrier": carrier, "price": quote["price"], "days": quote["days"]}


def _client_settings() -> dict[str, Any]:
    return {
        "base_url": settings.CARRIERS_URL,
        "timeout": TIMEOUT_SECONDS,
        "verify": _tls(),
        # No proxy stands between the shop and its carriers.
        "trust_env": False,
    }


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Certificates are read once: that takes about as long as a carrier does."""
    return ssl.create_default_context()
