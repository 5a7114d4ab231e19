"""Errors as GraphQL tells them: a code for what the client can mend, a reference for the rest."""

import logging
import uuid
from enum import StrEnum
from typing import Any

from graphql import GraphQLError

from app.config.problems import PASSING

logger = logging.getLogger(__name__)


class Code(StrEnum):
    """What went wrong, in `extensions.code`."""

    BATCHING_DISABLED = "BATCHING_DISABLED"
    INVALID_QUERY = "INVALID_QUERY"
    MULTIPLE_OPERATIONS = "MULTIPLE_OPERATIONS"
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    QUERY_TOO_LONG = "QUERY_TOO_LONG"
    QUERY_TOO_DEEP = "QUERY_TOO_DEEP"
    TOO_MANY_FIELDS = "TOO_MANY_FIELDS"
    TOO_MANY_ALIASES = "TOO_MANY_ALIASES"
    QUERY_TOO_EXPENSIVE = "QUERY_TOO_EXPENSIVE"
    INVALID_INPUT = "INVALID_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    INTERNAL = "INTERNAL"


def refusal(code: Code, message: str, **facts: Any) -> GraphQLError:
    """An error that tells the client what to mend; facts go beside the code."""
    return GraphQLError(message, extensions={"code": code, **facts})


def format_error(error: GraphQLError, debug: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
    """What the client is told; what it must not know is logged with the reference it is given.

    Only two kinds of messages are passed on: our own refusals, and what graphql-core says about a
    request that it did not begin to execute.
    """
    if isinstance(error.original_error, PASSING):
        raise error.original_error  # the status says more than an error among data
    # JSON lets half a character through, which UTF-8 does not, and a message may quote it.
    message = error.message.encode(errors="backslashreplace").decode()
    formatted = {**error.formatted, "message": message}
    if isinstance((error.extensions or {}).get("code"), Code):
        return formatted
    if error.path is None and isinstance(error.original_error, GraphQLError | None):
        return formatted | {"extensions": {"code": Code.INVALID_QUERY}}
    reference = uuid.uuid4().hex
    logger.error("failure %s at %s", reference, error.path, exc_info=error.original_error or error)
    return formatted | {
        "message": "The server failed; this is logged.",
        "extensions": {"code": Code.INTERNAL, "reference": reference},
    }
