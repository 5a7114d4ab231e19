"""Importing lists, in every way."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from django.db import DataError, connection, transaction

from app.suppliers.importing import (
    products_import,
    products_import_in_bulk,
    products_import_row_by_row,
)
from app.suppliers.models import SupplierProduct
from app.suppliers.services import supplier_list_import
from app.suppliers.types import SupplierRow

pytestmark = pytest.mark.django_db(transaction=True)

Import = Callable[..., None]
each_way = pytest.mark.parametrize(
    "carry_out", [products_import, products_import_in_bulk, products_import_row_by_row]
)
# What a CSV file, or an SQL text, would have to escape.
AWKWARD = "a \"quoted\", 'torn'\nname; \\N, 100 % Töpfe\\."


def row(number: int, **changes: object) -> SupplierRow:
    return {
        "sku": f"S-{number}",
        "name": f"Supplied {number}",
        "price": Decimal("1.50"),
        "stock": number,
        **changes,
    }


def stored() -> list[SupplierRow]:
    return list(SupplierProduct.objects.order_by("sku").values("sku", "name", "price", "stock"))


def carried_out(carry_out: Import, products: Sequence[SupplierRow]) -> None:
    with transaction.atomic():
        carry_out(products=products)


@each_way
def test_new_products_are_added_others_changed_and_the_rest_stays(carry_out: Import) -> None:
    carried_out(carry_out, [row(1), row(2), row(3)])
    changed = row(2, name="Renamed", price=Decimal("2.25"), stock=0)
    carried_out(carry_out, [changed, row(4)])
    assert stored() == [row(1), changed, row(3), row(4)]


@each_way
def test_the_same_list_again_changes_nothing_not_even_ids(carry_out: Import) -> None:
    carried_out(carry_out, [row(1), row(2)])
    before = list(SupplierProduct.objects.order_by("id").values())
    carried_out(carry_out, [row(1), row(2)])
    assert list(SupplierProduct.objects.order_by("id").values()) == before


@each_way
def test_names_are_stored_as_they_are(carry_out: Import) -> None:
    carried_out(carry_out, [row(1, name=AWKWARD)])
    assert stored() == [row(1, name=AWKWARD)]


@each_way
def test_of_a_list_that_the_database_refuses_nothing_is_left(carry_out: Import) -> None:
    with pytest.raises(DataError):
        carried_out(carry_out, [row(1), row(2, name="x" * 201)])
    assert stored() == []
    carried_out(carry_out, [row(1)])
    assert stored() == [row(1)]


def test_imports_do_not_have_the_databases_own_catalogue_grow() -> None:
    supplier_list_import(products=[row(1)])
    before = tables()
    supplier_list_import(products=[row(2)])
    assert tables() == before


def tables() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_class")
        return {oid for (oid,) in cursor.fetchall()}


@pytest.mark.parametrize(
    ("carry_out", "queries"),
    [
        # COPY among them, which the server does not count.
        (products_import, 3),
        (products_import_in_bulk, 1),
        # A savepoint, a look, a change and the savepoint's end.
        (products_import_row_by_row, 4 * 5),
    ],
)
def test_a_list_takes_as_many_queries_as_its_way_says(
    carry_out: Import, queries: int, django_assert_num_queries
) -> None:
    products = [row(number) for number in range(5)]
    carried_out(carry_out, products)
    with transaction.atomic(), django_assert_num_queries(queries):
        carry_out(products=products)
