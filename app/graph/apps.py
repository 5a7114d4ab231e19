"""Registers the app with Django."""

from django.apps import AppConfig


class GraphConfig(AppConfig):
    """The schema, its resolvers and what bounds a query."""

    name = "app.graph"
