"""Registers the app with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders and their items."""

    name = "app.orders"
