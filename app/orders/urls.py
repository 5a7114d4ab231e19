"""Addresses of orders, below /api/."""

from django.urls import path

from app.orders.views import CheckoutView, FulfilmentView, OrderHistoryView

urlpatterns = [
    path("customers/<int:customer_id>/checkout/", CheckoutView.as_view(), name="checkout"),
    path("customers/<int:customer_id>/orders/", OrderHistoryView.as_view(), name="order-history"),
    path(
        "customers/<int:customer_id>/orders/<slug:reference>/fulfilment/",
        FulfilmentView.as_view(),
        name="order-fulfilment",
    ),
]
