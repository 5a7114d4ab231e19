"""Errors as problem details (RFC 9457): one shape, whatever went wrong."""

import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

CONTENT_TYPE = "application/problem+json"
# What the database could not do now and may be able to do soon: it is away, hangs, or is too busy.
PASSING = (OperationalError, InterfaceError)
UNAVAILABLE = "The database does not answer. What was asked for may have been done or not."

Problem: TypeAlias = dict[str, Any]


class ProblemSerializer(serializers.Serializer):
    """What went wrong with a request."""

    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField(help_text="The HTTP status.")
    detail = serializers.CharField(help_text="What went wrong this time.")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="What is wrong with each field; only when the body or the query is not valid.",
    )


class Conflict(APIException):
    """The request contradicts what is already there."""

    status_code = HTTPStatus.CONFLICT
    default_detail = "The request contradicts what is already there."
    default_code = "conflict"


class PaymentRequired(APIException):
    """What was asked for is not paid."""

    status_code = HTTPStatus.PAYMENT_REQUIRED
    default_detail = "What was asked for is not paid."
    default_code = "payment_required"


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an error that REST framework knows; others become a 500."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        invalid = problem(response.status_code, detail="The request is not valid.")
        response.data = invalid | {"errors": _errors_by_field(error.detail)}
    else:
        response.data = problem(response.status_code, detail=response.data["detail"])
    response.content_type = CONTENT_TYPE
    return response


def _errors_by_field(detail: Any) -> dict[str, list[str]]:
    """What is wrong with each field, in texts; those about a line of it begin with its number."""
    if not isinstance(detail, Mapping):
        detail = {api_settings.NON_FIELD_ERRORS_KEY: detail}
    return {field: list(_texts(found)) for field, found in detail.items()}


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield str(found)
    elif isinstance(found, Mapping):
        for key, about in found.items():
            if key == api_settings.NON_FIELD_ERRORS_KEY:
                yield from _texts(about)
            else:
                name = f"Line {key + 1}" if isinstance(key, int) else key
                join = ", " if isinstance(about, Mapping) else ": "
                yield from (f"{name}{join}{text}" for text in _texts(about))
    else:
        for position, each in enumerate(found, start=1):
            prefix = "" if isinstance(each, str) else f"Line {position}, "
            yield from (f"{prefix}{text}" for text in _texts(each))


def problem_responses(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """Document the errors of an operation, for `extend_schema(responses=...)`."""
    return {
        (status, CONTENT_TYPE): OpenApiResponse(
            ProblemSerializer, description=HTTPStatus(status).phrase
        )
        for status in statuses
    }


def problem_example(name: str, *, status: int, detail: str, **more: Any) -> OpenApiExample:
    """Show one of the errors of an operation, for `extend_schema(examples=...)`."""
    return OpenApiExample(
        name,
        problem(status, detail=detail) | more,
        response_only=True,
        status_codes=[str(status)],
        media_type=CONTENT_TYPE,
    )


def plain_problem(status: HTTPStatus, *, detail: str, **headers: str) -> JsonResponse:
    """Answer an error where REST framework is not at work."""
    return JsonResponse(
        problem(status, detail=detail), status=status, content_type=CONTENT_TYPE, headers=headers
    )


def bad_request(_request: HttpRequest, exception: Exception) -> JsonResponse:
    """Answer what no view has seen, such as an unknown host."""
    return plain_problem(HTTPStatus.BAD_REQUEST, detail="The request is not valid.")


def not_found(_request: HttpRequest, exception: Exception) -> JsonResponse:
    """Answer an address that does not exist."""
    return plain_problem(HTTPStatus.NOT_FOUND, detail="There is nothing at this address.")


def server_error(_request: HttpRequest) -> JsonResponse:
    """Answer an error of ours without giving it away; one that passes by itself says when."""
    if isinstance(sys.exc_info()[1], PASSING):
        return plain_problem(
            HTTPStatus.SERVICE_UNAVAILABLE, detail=UNAVAILABLE, **{"Retry-After": "1"}
        )
    return plain_problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, detail="The server failed; this is logged."
    )


def problem(status: int, *, detail: str) -> Problem:
    """What is told of an error."""
    return {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
