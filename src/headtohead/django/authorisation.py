"""Who may be told what a request took."""

import secrets

from django.http import HttpRequest

from headtohead.django.settings import server_settings
from headtohead.experiment import TOKEN_HEADER

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
