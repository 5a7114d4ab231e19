"""django-prometheus' middleware, standing aside for requests that are being measured.

It costs 14 to 24 % of a cheap request, which would drown the effects that a timing pass looks for.
Ordinary traffic is counted as usual.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django_prometheus.middleware import PrometheusAfterMiddleware, PrometheusBeforeMiddleware

from headtohead.django.choice import current_choice


class UnmeasuredPrometheusBeforeMiddleware(PrometheusBeforeMiddleware):  # type: ignore[misc]
    """The outer half of django-prometheus' middleware."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count the request unless it is served by an experiment."""
        response: HttpResponseBase = (
            self.get_response(request) if current_choice() else super().__call__(request)
        )
        return response


class UnmeasuredPrometheusAfterMiddleware(PrometheusAfterMiddleware):  # type: ignore[misc]
    """The inner half of django-prometheus' middleware."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count the request unless it is served by an experiment."""
        response: HttpResponseBase = (
            self.get_response(request) if current_choice() else super().__call__(request)
        )
        return response

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        *view_args: Any,
        **view_kwargs: Any,
    ) -> None:
        """Count the view unless the request is served by an experiment."""
        if not current_choice():
            super().process_view(request, view_func, *view_args, **view_kwargs)
