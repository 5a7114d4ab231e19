"""What the project's settings say in `HEADTOHEAD`, and who may measure."""

import os
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest

from headtohead.protocol.headers import INSTRUMENT_VARIABLE, TOKEN_HEADER, TOKEN_VARIABLE

# As WSGI and ASGI give it: `request.headers` would be made of all headers for this one.
TOKEN = f"HTTP_{TOKEN_HEADER.upper().replace('-', '_')}"
MIDDLEWARE = "headtohead.django.middleware.MeasurementMiddleware"


def is_authorised(request: HttpRequest) -> bool:
    """Whether the request carries the measurement token of this server."""
    given = request.META.get(TOKEN)
    if not given:
        return False
    token = server_settings().token
    # Bytes, because compare_digest refuses text beyond ASCII, which a client may well send.
    return bool(token) and secrets.compare_digest(given.encode(), token.encode())


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """The server's side of the configuration; everything is off unless switched on.

    Attributes:
        experiments: Whether a request may choose its variant.
        token: What an authorised request must carry; empty authorises nobody. Where h2h brought
            itself in and the settings do not name it, the environment does.
        package: Dotted name of the package that declares the experiments.
    """

    experiments: bool
    token: str
    package: str


def is_brought_in() -> bool:
    """Whether h2h came with the environment, into a project that does not name its middleware.

    Without a token nobody may ask what serving took.
    """
    told = {INSTRUMENT_VARIABLE, TOKEN_VARIABLE} <= os.environ.keys()
    return told and MIDDLEWARE not in settings.MIDDLEWARE


@cache
def server_settings() -> ServerSettings:
    """Read `settings.HEADTOHEAD`."""
    given = getattr(settings, "HEADTOHEAD", {})
    token = os.environ.get(TOKEN_VARIABLE, "") if INSTRUMENT_VARIABLE in os.environ else ""
    return ServerSettings(
        experiments=given.get("EXPERIMENTS", False),
        token=given.get("TOKEN", token),
        package=given.get("PACKAGE", "experiments"),
    )


def _forget(*, setting: str, **_: Any) -> None:
    if setting == "HEADTOHEAD":
        server_settings.cache_clear()


# Tests change settings, and Django says so.
setting_changed.connect(_forget)
