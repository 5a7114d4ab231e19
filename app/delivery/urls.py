"""Addresses of deliveries, below /api/."""

from django.urls import path

from app.delivery.views import delivery_quotes_view

urlpatterns = [path("delivery/quotes/", delivery_quotes_view, name="delivery-quotes")]
