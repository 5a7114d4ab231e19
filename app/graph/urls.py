"""The address of GraphQL."""

from django.urls import path

from app.graph.views import GraphView

urlpatterns = [path("graphql/", GraphView.as_view(), name="graphql")]
