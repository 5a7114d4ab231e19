"""Carriers' services that are not there: each answers after a fixed time, however many ask.

An ASGI application for experiments and tests.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

DELAY_SECONDS = 0.02
QUOTES: Mapping[str, Mapping[str, Any]] = {
    "/carriers/north/quote/": {"price": "4.90", "days": 3},
    "/carriers/parcel/quote/": {"price": "5.50", "days": 2},
    "/carriers/swift/quote/": {"price": "9.80", "days": 1},
}


async def application(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """Answer with a carrier's quote."""
    if scope["type"] != "http":
        raise ValueError(f"the carriers speak HTTP, not {scope['type']}")
    quote = QUOTES.get(scope["path"])
    if quote:
        await asyncio.sleep(DELAY_SECONDS)
    healthy = scope["path"] == "/health/"
    body = json.dumps(quote or {}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": 200 if quote or healthy else 404,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
