"""Whether the API can do its work: its database and its cache answer."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.cache import cache
from django.db import DatabaseError, connection
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from redis.exceptions import RedisError
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class HealthSerializer(serializers.Serializer):
    """The state of the API."""

    status = serializers.ChoiceField(choices=["ok", "unavailable"])
    failing = serializers.ListField(
        child=serializers.ChoiceField(choices=["database", "cache"]),
        required=False,
        help_text="The parts that do not answer; only when unavailable.",
    )


class HealthView(APIView):
    """For load balancers, containers and the harness."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        summary="Health of the API",
        description="Asks the database and the cache for an answer.",
        tags=["health"],
        responses={
            200: OpenApiResponse(
                HealthSerializer,
                description="Everything answers.",
                examples=[OpenApiExample("Healthy", {"status": "ok"})],
            ),
            503: OpenApiResponse(
                HealthSerializer,
                description="Something does not answer.",
                examples=[
                    OpenApiExample("Cache down", {"status": "unavailable", "failing": ["cache"]})
                ],
            ),
        },
    )
    def get(self, request: Request) -> Response:
        """Ask every part."""
        failing = [part for part, answers in _PARTS.items() if not answers()]
        if failing:
            return Response(
                {"status": "unavailable", "failing": failing},
                status=HTTPStatus.SERVICE_UNAVAILABLE,
            )
        return Response({"status": "ok"})


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.get("health")
    except RedisError:
        return False
    return True


_PARTS: dict[str, Callable[[], bool]] = {"database": _database_answers, "cache": _cache_answers}
