import asyncio
import json
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from pytest_django import Settings

from app.config.requests import (
    ReadableASGIRequest,
    ReadableWSGIRequest,
    reads_content_type,
    refuse_unreadable,
)

PROBLEM = "application/problem+json"
MADE_UP = "application/json; charset*=bogus''x"


def environ(**changes: object) -> dict[str, object]:
    return RequestFactory()._base_environ(**{"REQUEST_METHOD": "POST", **changes})


def answered(request: object) -> tuple[int, bytes]:
    response = refuse_unreadable(lambda request: HttpResponse(b"served"))(request)
    return response.status_code, response.content


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "application/json; charset=utf-8",
        "text/html;charset=UTF-8",
        "multipart/form-data; boundary=x",
        ";;;",
    ],
)
def test_other_content_types_go_on(content_type: str) -> None:
    assert reads_content_type(content_type)
    request = ReadableWSGIRequest(environ(CONTENT_TYPE=content_type))
    assert answered(request) == (200, b"served")


@pytest.mark.parametrize(
    "content_type",
    [
        MADE_UP,
        "application/json; charset*=utf-8''%00",
        "text/plain; boundary*=bogus''x",
        "application/json; charset=base64",
        "application/json; charset=utf-16",
    ],
)
def test_a_content_type_that_cannot_be_read_is_refused(content_type: str) -> None:
    status, body = answered(ReadableWSGIRequest(environ(CONTENT_TYPE=content_type)))
    assert (status, json.loads(body)["status"]) == (400, 400)


def test_by_asgi_it_is_refused_too() -> None:
    scope = AsyncRequestFactory()._base_scope(
        path="/", headers=[(b"content-type", MADE_UP.encode()), (b"host", b"localhost")]
    )

    async def serve(request: object) -> HttpResponse:
        return HttpResponse(b"served")

    response = asyncio.run(refuse_unreadable(serve)(ReadableASGIRequest(scope, BytesIO())))
    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)


@pytest.mark.parametrize(("length", "status"), [(10, 200), (11, 413)])
def test_a_body_that_is_too_long_is_refused_without_being_read(
    settings: Settings, length: int, status: int
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    body = BytesIO(b"x" * length)
    request = ReadableWSGIRequest(environ(CONTENT_LENGTH=str(length), **{"wsgi.input": body}))
    assert answered(request)[0] == status
    assert body.tell() == 0


@pytest.mark.parametrize(("length", "status"), [(10, 200), (11, 413), (1000, 413)])
def test_a_body_in_chunks_is_counted(settings: Settings, length: int, status: int) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    body = BytesIO(b"x" * length)
    request = ReadableWSGIRequest(environ(HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": body}))
    assert answered(request)[0] == status
    assert body.tell() == min(length, 11)
    if status == 200:
        assert request.read() == b"x" * length
