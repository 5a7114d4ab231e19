"""Every address of the API."""

from django.urls import include, path
from django_prometheus.exports import ExportToDjangoView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from app.config.health import HealthView

urlpatterns = [
    path("api/auth/", include("app.accounts.urls")),
    path("api/", include("app.catalog.urls")),
    path("api/", include("app.orders.urls")),
    path("api/", include("app.suppliers.urls")),
    path("", include("app.graph.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("health/", HealthView.as_view(), name="health"),
    path("metrics", ExportToDjangoView, name="metrics"),
]

handler400 = "app.config.problems.bad_request"
handler404 = "app.config.problems.not_found"
handler500 = "app.config.problems.server_error"
