"""Lists that may be too long to be counted at each request."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property
from drf_spectacular.openapi import AutoSchema
from rest_framework.response import Response

from app.config.pagination import Pagination
from headtohead.django import seam

COUNT_LIMIT = 200


@seam
def count_up_to(*, rows: QuerySet[Model], limit: int) -> int:
    """How many rows there are, `limit` at most; the database stops counting there."""
    return rows.order_by()[:limit].count()


def count_up_to_exactly(*, rows: QuerySet[Model], limit: int) -> int:
    """How many rows there are, `limit` at most; the database counts them all first."""
    return min(rows.count(), limit)


class BoundedPaginator(Paginator):
    """Pages of the first COUNT_LIMIT rows."""

    @cached_property
    def found(self) -> int:
        """How many rows there are, as far as that matters: one beyond the limit tells of more."""
        return count_up_to(rows=self.object_list, limit=COUNT_LIMIT + 1)

    @property
    def count(self) -> int:
        """How many rows the pages hold together."""
        return min(self.found, COUNT_LIMIT)

    @property
    def capped(self) -> bool:
        """Whether there are more rows than the pages hold."""
        return self.found > COUNT_LIMIT


class BoundedPagination(Pagination):
    """Pages of the first COUNT_LIMIT rows, and word of whether there are more."""

    django_paginator_class = BoundedPaginator

    def get_paginated_response(self, data: Any) -> Response:
        """Say beside the count whether there are more."""
        response = super().get_paginated_response(data)
        response.data["capped"] = self.page.paginator.capped
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe it."""
        described: dict[str, Any] = super().get_paginated_response_schema(schema)
        described["required"].append("capped")
        described["properties"]["count"]["maximum"] = COUNT_LIMIT
        described["properties"]["capped"] = {
            "type": "boolean",
            "example": False,
            "description": "Whether there are more than `count`, which no page shows.",
        }
        return described


class BoundedSchema(AutoSchema):
    """Documents a view with BoundedPagination.

    Schemas of pages go by their rows alone, so that those of another pagination would be taken.
    """

    def get_paginated_name(self, serializer_name: str) -> str:
        """Name the schema of a page."""
        return f"Bounded{serializer_name}List"
