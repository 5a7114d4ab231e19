"""What is refused before any view sees it: requests that cannot be read, or are too long."""

from collections.abc import Callable, Mapping, MutableMapping
from http import HTTPStatus
from io import BytesIO
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import sync_and_async_middleware
from django.utils.http import parse_header_parameters

from app.config.problems import plain_problem

# JSON has no other (RFC 8259), and some of those that Python knows fail on what is no text.
CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii"}


class _Readable:
    """A request whose Content-Type may be whatever a client makes up.

    Django fails on some where nobody catches it. Here it sees none, and the middleware refuses it.
    """

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        readable = reads_content_type(meta.get("CONTENT_TYPE", ""))
        super()._set_content_type_params(meta if readable else {})  # type: ignore[misc]


class ReadableWSGIRequest(_Readable, WSGIRequest):
    """A request by WSGI, with or without a length."""

    def __init__(self, environ: MutableMapping[str, Any]) -> None:
        if "HTTP_TRANSFER_ENCODING" in environ:
            # Django reads as much as Content-Length says, which a body in chunks does not have.
            body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        super().__init__(environ)


class ReadableASGIRequest(_Readable, ASGIRequest):
    """A request by ASGI."""


@sync_and_async_middleware
def refuse_unreadable(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answer what cannot be read, and what is too long, without reading it."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> Any:
            return _refusal(request.META) or await get_response(request)

        return answer_async

    def answer(request: HttpRequest) -> Any:
        return _refusal(request.META) or get_response(request)

    return answer


def _refusal(meta: Mapping[str, Any]) -> JsonResponse | None:
    if not reads_content_type(meta.get("CONTENT_TYPE", "")):
        return plain_problem(
            HTTPStatus.BAD_REQUEST, detail="The Content-Type cannot be read, or is not UTF-8."
        )
    if int(meta.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return plain_problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            detail=f"A body has {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes at most.",
        )
    return None


def reads_content_type(content_type: str) -> bool:
    """Whether Django and REST framework can make something of a Content-Type."""
    if ";" not in content_type:
        return True
    try:
        _, parameters = parse_header_parameters(content_type)
    except (LookupError, ValueError):
        return False
    return parameters.get("charset", "utf-8").lower() in CHARSETS
