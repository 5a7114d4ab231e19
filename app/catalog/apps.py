"""Registers the app with Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Products and reviews."""

    name = "app.catalog"
