"""Addresses of orders, below /api/."""

from django.urls import path

from app.orders.views import OrderHistoryView

urlpatterns = [
    path("customers/<int:customer_id>/orders/", OrderHistoryView.as_view(), name="order-history"),
]
