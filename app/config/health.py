"""Whether the API can do its work: its database and its cache answer."""

import threading
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

# Whoever asks wants to know soon; a cache gives up sooner by itself.
PATIENCE_SECONDS = 1.0


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
    """Ask in a thread of its own: who asks for the health does not wait until that gives up."""
    answers: list[bool] = []
    asking = threading.Thread(target=_ask_database, args=(answers,), daemon=True)
    asking.start()
    asking.join(PATIENCE_SECONDS)
    return bool(answers)


def _ask_database(answers: list[bool]) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        answers.append(True)
    except DatabaseError:
        pass
    finally:
        connection.close()


def _cache_answers() -> bool:
    try:
        cache.get("health")
    except RedisError:
        return False
    return True


_PARTS: dict[str, Callable[[], bool]] = {"database": _database_answers, "cache": _cache_answers}
