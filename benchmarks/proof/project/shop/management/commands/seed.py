"""Rows that are made up, the same for the same seed."""

from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shop.models import Category, Product, Sale


class Command(BaseCommand):
    """Replace all rows, or count products."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int)
        parser.add_argument("--seed", type=int)
        parser.add_argument("--count", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"]:
            self.stdout.write(str(Product.objects.count()))
            return
        random = Random(options["seed"])
        Category.objects.all().delete()
        categories = Category.objects.bulk_create(
            Category(id=number, name=f"category {number}") for number in range(1, 21)
        )
        products = Product.objects.bulk_create(
            Product(
                id=number,
                name=f"product {number}",
                price=random.randrange(100, 10_000),
                category=random.choice(categories),
            )
            for number in range(1, options["rows"] + 1)
        )
        Sale.objects.bulk_create(
            Sale(
                id=number,
                product=random.choice(products),
                quantity=random.randrange(1, 9),
                day=random.randrange(1, 29),
            )
            for number in range(1, options["rows"] + 1)
        )
        self.stdout.write(f"{options['rows']} products")
