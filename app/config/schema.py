"""What the schema says of every operation alike: which errors there may be, and how they look."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from app.config.problems import CONTENT_TYPE, UNAVAILABLE, problem

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
# What REST framework says; views give examples of their own where they say something else.
_DETAILS = {
    HTTPStatus.UNAUTHORIZED: "Authentication credentials were not provided.",
    HTTPStatus.FORBIDDEN: "You do not have permission to perform this action.",
    HTTPStatus.NOT_FOUND: "Not found.",
    HTTPStatus.NOT_ACCEPTABLE: "Could not satisfy the request Accept header.",
    HTTPStatus.CONFLICT: "The request contradicts what is already there.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: 'Unsupported media type "text/plain" in request.',
    HTTPStatus.SERVICE_UNAVAILABLE: UNAVAILABLE,
}


def complete_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the errors that no view names, and an example to each error that has none.

    A postprocessing hook of drf-spectacular.
    """
    for path in result["paths"].values():
        for operation in path.values():
            for status in _common_errors(operation):
                response = operation["responses"].setdefault(
                    str(status.value), {"description": status.phrase}
                )
                content = response.setdefault("content", {})
                content.setdefault(CONTENT_TYPE, {"schema": _REFERENCE})
            for status, response in operation["responses"].items():
                shown = response.get("content", {}).get(CONTENT_TYPE)
                if shown is not None and "examples" not in shown:
                    shown["examples"] = _examples(HTTPStatus(int(status)))
    return result


def _common_errors(operation: dict[str, Any]) -> Iterator[HTTPStatus]:
    yield HTTPStatus.BAD_REQUEST
    if "requestBody" in operation:
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if any(operation.get("security", [])):
        # Also where nobody has to sign in, an access token that is sent has to be good.
        yield HTTPStatus.UNAUTHORIZED
    yield HTTPStatus.NOT_ACCEPTABLE
    if str(HTTPStatus.SERVICE_UNAVAILABLE.value) not in operation["responses"]:
        yield HTTPStatus.SERVICE_UNAVAILABLE
    yield HTTPStatus.REQUEST_URI_TOO_LONG


def _examples(status: HTTPStatus) -> dict[str, Any]:
    if status is HTTPStatus.BAD_REQUEST:
        errors = {"name_of_a_field": ["What is wrong with it."]}
        value = problem(status, detail="The request is not valid.") | {"errors": errors}
    else:
        value = problem(status, detail=_DETAILS.get(status, f"{status.phrase}."))
    return {status.phrase.replace(" ", ""): {"value": value}}
