"""GraphQL over HTTP: a query as JSON, by POST."""

from http import HTTPStatus
from typing import Any

from ariadne import graphql_sync
from django.conf import settings
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from app.config.problems import problem_responses
from app.graph import limits
from app.graph.context import GraphContext
from app.graph.errors import Code, format_error, refusal
from app.graph.schema import SCHEMA


class GraphRequestSerializer(serializers.Serializer):
    """A query."""

    query = serializers.CharField(help_text="One operation and its fragments.")
    variables = serializers.DictField(required=False, allow_null=True)
    operationName = serializers.CharField(required=False, allow_null=True)  # noqa: N815


class GraphErrorExtensionsSerializer(serializers.Serializer):
    """What a program can make of an error; some codes bring more."""

    code = serializers.ChoiceField(choices=[code.value for code in Code])
    reference = serializers.CharField(
        required=False, help_text="Names the failure in the log; only with INTERNAL."
    )


class GraphErrorSerializer(serializers.Serializer):
    """What went wrong with a query or with a field of it."""

    message = serializers.CharField()
    path = serializers.ListField(required=False, help_text="The field, when it is one.")
    extensions = GraphErrorExtensionsSerializer()


class GraphResponseSerializer(serializers.Serializer):
    """The answer to a query."""

    data = serializers.DictField(
        required=False, allow_null=True, help_text="Absent when the query was refused."
    )
    errors = GraphErrorSerializer(many=True, required=False)


class GraphView(APIView):
    """The schema at one address; who may do what is for the resolvers to say."""

    permission_classes = [AllowAny]

    @extend_schema(
        summary="Ask GraphQL",
        description="Runs one operation of app/graph/schema.graphql. Queries are bounded in "
        "length, depth, fields, aliases and cost; what is refused says why in `extensions.code`.",
        request=GraphRequestSerializer,
        responses={
            200: OpenApiResponse(
                GraphResponseSerializer,
                description="The operation ran; fields that failed are among the errors.",
            ),
            400: OpenApiResponse(
                GraphResponseSerializer, description="The query was refused before it ran."
            ),
            **problem_responses(401, 403, 415),
        },
        examples=[
            OpenApiExample(
                "Two products",
                {"query": "{ products(first: 2) { items { name brand { name } } next } }"},
                request_only=True,
            ),
            OpenApiExample(
                "Their names",
                {
                    "data": {
                        "products": {
                            "items": [{"name": "Slim Oak Lamp", "brand": {"name": "Nordmark"}}],
                            "next": None,
                        }
                    }
                },
                response_only=True,
                status_codes=["200"],
            ),
            OpenApiExample(
                "Several queries at once",
                {
                    "errors": [
                        {
                            "message": "Send one query a request.",
                            "extensions": {"code": Code.BATCHING_DISABLED.value},
                        }
                    ]
                },
                response_only=True,
                status_codes=["400"],
            ),
        ],
        tags=["graphql"],
    )
    def post(self, request: Request) -> Response:
        """Run the operation."""
        if isinstance(request.data, list):
            batching = refusal(Code.BATCHING_DISABLED, "Send one query a request.")
            return _refused(format_error(batching))
        _, result = graphql_sync(
            SCHEMA,
            request.data,
            context_value=GraphContext(user=request.user),
            query_parser=limits.parse_bounded,
            query_validator=limits.validator(
                variables=_variables(request.data), introspection=_may_introspect()
            ),
            error_formatter=format_error,
        )
        errors = result.get("errors", [])
        # An operation that ran gives data, or says which of its fields failed.
        ran = result.get("data") is not None or any("path" in error for error in errors)
        return Response(result) if ran else _refused(*errors)


def _refused(*errors: dict[str, Any]) -> Response:
    return Response({"errors": errors}, status=HTTPStatus.BAD_REQUEST)


def _variables(data: Any) -> dict[str, Any]:
    """What the client sent; whether it is an object at all is for Ariadne to say."""
    given = data.get("variables") if isinstance(data, dict) else None
    return given if isinstance(given, dict) else {}


def _may_introspect() -> bool:
    return settings.DEBUG or settings.HEADTOHEAD["EXPERIMENTS"]
