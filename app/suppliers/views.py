"""Suppliers' lists over HTTP."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from app.catalog.permissions import IsMeasured, MayChangeProducts
from app.config.problems import problem_example, problem_responses
from app.suppliers import selectors, services
from app.suppliers.models import SupplierProduct
from app.suppliers.serializers import (
    LINE,
    SupplierImportSerializer,
    SupplierListSerializer,
    SupplierProductSerializer,
)

WHO = (
    "For staff who hold the permission to change products, and for whoever holds the token to "
    "measure this server."
)


class SupplierProductView(ListAPIView):
    """What suppliers have on offer."""

    permission_classes = [IsMeasured | MayChangeProducts]
    serializer_class = SupplierProductSerializer

    def get_queryset(self) -> QuerySet[SupplierProduct]:
        """Leave the reading to the selector."""
        return selectors.supplier_product_list()

    @extend_schema(
        summary="List suppliers' products",
        description=f"By SKU. {WHO}",
        responses={200: SupplierProductSerializer(many=True), **problem_responses(401, 403, 404)},
        tags=["suppliers"],
    )
    def get(self, request: Request) -> Response:
        """List them."""
        return self.list(request)

    @extend_schema(
        summary="Import a supplier's list",
        description="Adds the products that are new and changes the others; what the list does not "
        f"name stays as it is. The whole list is taken, or nothing of it. {WHO}",
        request=SupplierListSerializer,
        responses={200: SupplierImportSerializer, **problem_responses(400, 401, 403)},
        examples=[
            OpenApiExample("A list", {"products": [LINE]}, request_only=True),
            OpenApiExample("Taken", {"imported": 1}, response_only=True, status_codes=["200"]),
            problem_example(
                "A line that is not valid",
                status=400,
                detail="The request is not valid.",
                errors={"products": ["Line 1, price: A valid number is required."]},
            ),
        ],
        tags=["suppliers"],
    )
    def post(self, request: Request) -> Response:
        """Import it."""
        given = SupplierListSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        products = given.validated_data["products"]
        services.supplier_list_import(products=products)
        return Response({"imported": len(products)})
