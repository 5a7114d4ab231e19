"""What the project's settings say in `HEADTOHEAD`, and who may measure."""

import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest

from headtohead.protocol.headers import TOKEN_HEADER

# As WSGI and ASGI give it: `request.headers` would be made of all headers for this one.
TOKEN = f"HTTP_{TOKEN_HEADER.upper().replace('-', '_')}"


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
        token: What an authorised request must carry; empty authorises nobody.
        package: Dotted name of the package that declares the experiments.
    """

    experiments: bool
    token: str
    package: str


@cache
def server_settings() -> ServerSettings:
    """Read `settings.HEADTOHEAD`."""
    given = getattr(settings, "HEADTOHEAD", {})
    return ServerSettings(
        experiments=given.get("EXPERIMENTS", False),
        token=given.get("TOKEN", ""),
        package=given.get("PACKAGE", "experiments"),
    )


def _forget(*, setting: str, **_: Any) -> None:
    if setting == "HEADTOHEAD":
        server_settings.cache_clear()


# Tests change settings, and Django says so.
setting_changed.connect(_forget)
