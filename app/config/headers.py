"""What browsers are told with every response, so that a mistake of ours harms nobody."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

CONTENT_SECURITY_POLICY = "Content-Security-Policy"
# An answer of the API is data: nothing in it may be run, shown or framed.
DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A page with scripts and styles of this server alone. Swagger UI and Silk put pictures and styles
# into their pages, which run nothing.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The others that Django does not set: its SecurityMiddleware knows of the rest.
OTHERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

# All of them, for what is refused before Django sees it.
UNSERVED = {
    CONTENT_SECURITY_POLICY: DATA,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    **OTHERS,
}


@sync_and_async_middleware
def protect(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Set the headers of every response; a view that needs another policy sets its own."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> Any:
            return _protected(await get_response(request))

        return answer_async

    def answer(request: HttpRequest) -> Any:
        return _protected(get_response(request))

    return answer


def _protected(response: Any) -> Any:
    response.headers.setdefault(CONTENT_SECURITY_POLICY, DATA)
    for name, value in OTHERS.items():
        response.headers[name] = value
    return response
