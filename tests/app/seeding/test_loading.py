from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection

from app.accounts.models import Customer
from app.catalog.models import Product, Review
from app.seeding.loading import Table, replace_rows
from app.seeding.seed import shop_seed
from tests.app.factories import make_customer, make_product

pytestmark = pytest.mark.django_db(transaction=True)

DEFINITIONS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2, 3
"""


def definitions() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(DEFINITIONS)
        return cursor.fetchall()


def reviews(*blocks: str) -> Table:
    make_product(id=7)
    make_customer(id=8)
    make_customer(id=9)
    return Table(
        model=Review,
        columns=("id", "product_id", "customer_id", "rating", "body", "created_at"),
        blocks=blocks,
    )


def test_constraints_and_indexes_are_afterwards_what_they_were() -> None:
    before = definitions()
    shop_seed(products=50, seed=1)
    assert definitions() == before
    assert {"review_latest_of_product", "product_sku_unique"} <= {name for _, name, _ in before}


def test_the_lines_of_all_blocks_become_rows() -> None:
    table = reviews("3\t7\t8\t5\tGood.\t2026-01-01\n", "", "4\t7\t9\t1\tBad.\t2026-01-01\n")
    loaded = replace_rows([table])
    assert loaded[Review].rows == 2
    assert list(Review.objects.order_by("id").values_list("id", "body")) == [
        (3, "Good."),
        (4, "Bad."),
    ]


def test_new_rows_get_ids_beyond_the_loaded() -> None:
    replace_rows([reviews("3\t7\t8\t5\tGood.\t2026-01-01\n")])
    added = Review.objects.create(product_id=7, customer_id=9, rating=1, body="Bad.")
    assert added.pk == 4


@pytest.mark.parametrize(
    "line",
    [
        "3\t7\t8\t6\tRated too high.\t2026-01-01\n",
        "3\t1000\t8\t5\tOf an unknown product.\t2026-01-01\n",
        "3\t7\t8\t5\tFirst.\t2026-01-01\n4\t7\t8\t5\tSecond of its customer.\t2026-01-01\n",
    ],
)
def test_rows_that_break_a_constraint_leave_all_as_it_was(line: str) -> None:
    replace_rows([reviews("3\t7\t8\t5\tGood.\t2026-01-01\n")])
    before = definitions()
    table = Table(
        model=Review,
        columns=("id", "product_id", "customer_id", "rating", "body", "created_at"),
        blocks=[line],
    )
    with pytest.raises(DatabaseError):
        replace_rows([table])
    assert Review.objects.get().body == "Good."
    assert definitions() == before


def test_an_interruption_leaves_all_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> Iterator[str]:
        yield "1\t1\t1\t5\tGood.\t2026-01-01\n"
        raise KeyboardInterrupt

    shop_seed(products=5, seed=1)
    before = definitions(), Product.objects.count(), Customer.objects.count()
    monkeypatch.setattr("app.seeding.catalogue.review_lines", interrupted)
    with pytest.raises(DatabaseError, match="KeyboardInterrupt"):
        shop_seed(products=100, seed=1)
    assert (definitions(), Product.objects.count(), Customer.objects.count()) == before
