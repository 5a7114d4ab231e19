"""Registers the app with Django."""

from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    """What suppliers have on offer."""

    name = "app.suppliers"
