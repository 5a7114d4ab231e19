"""Registers the app with Django."""

from django.apps import AppConfig
from django.contrib.postgres.indexes import OpClass
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate
from django.db.models.indexes import IndexExpression


class CatalogConfig(AppConfig):
    """Products and reviews."""

    name = "app.catalog"

    def ready(self) -> None:
        """Let indexes name operator classes.

        Installing django.contrib.postgres would do that too, and would ask for types that are not
        used here in the first request of each process, among the queries that are counted.
        """
        IndexExpression.register_wrappers(OrderBy, OpClass, Collate)
