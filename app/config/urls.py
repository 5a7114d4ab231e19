"""Every address of the API."""

from importlib import import_module

from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from app.config.docs import DocsView
from app.config.health import HealthView
from app.config.liveness import liveness_view
from app.config.metrics import metrics_view
from app.config.silk_access import for_staff

urlpatterns = [
    path("api/auth/", include("app.accounts.urls")),
    path("api/", include("app.catalog.urls")),
    path("api/", include("app.orders.urls")),
    path("api/", include("app.suppliers.urls")),
    path("api/", include("app.delivery.urls")),
    path("", include("app.graph.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(url_name="schema"), name="docs"),
    path("health/", HealthView.as_view(), name="health"),
    path("alive/", liveness_view, name="liveness"),
    path("metrics", metrics_view, name="metrics"),
]
if "silk.middleware.SilkyMiddleware" in settings.MIDDLEWARE:
    # Its middleware looks for its pages, to pass them over.
    pages = for_staff(import_module("silk.urls").urlpatterns)
    urlpatterns.append(path("silk/", include((pages, "silk"))))

handler400 = "app.config.problems.bad_request"
handler404 = "app.config.problems.not_found"
handler500 = "app.config.problems.server_error"
