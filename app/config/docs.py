"""Swagger UI, whose page has no script in it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from app.config.headers import CONTENT_SECURITY_POLICY, PAGE


class DocsView(SpectacularSwaggerSplitView):
    """The API's documentation to try out."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *arguments: Any, **named: Any) -> Response:
        """The page, or the script that fills it."""
        response = super().get(request, *arguments, **named)
        response.headers[CONTENT_SECURITY_POLICY] = PAGE
        return response
