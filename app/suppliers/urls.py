"""Addresses of suppliers' lists, below /api/."""

from django.urls import path

from app.suppliers.views import SupplierProductView

urlpatterns = [
    path("supplier-products/", SupplierProductView.as_view(), name="supplier-products"),
]
