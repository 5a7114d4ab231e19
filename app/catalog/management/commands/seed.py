"""`manage.py seed`: fill the shop, or say how many products it has."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from app.caching.stores import CacheUnavailableError
from app.catalog.models import Product, ProductTag, Review
from app.seeding.loading import Loaded
from app.seeding.seed import shop_seed


class Command(BaseCommand):
    """Replaces all rows of the shop with the same rows for the same seed."""

    help = __doc__
    # They import every view, and `migrate` has made them just before.
    requires_system_checks: Sequence[str] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the flags."""
        parser.add_argument("--rows", type=int, default=2000, help="how many products (2000)")
        parser.add_argument("--seed", type=int, default=1, help="which rows (1)")
        parser.add_argument(
            "--count", action="store_true", help="only print how many products there are"
        )

    def handle(self, *args: Any, rows: int, seed: int, count: bool, **options: Any) -> None:
        """Run the command."""
        if count:
            self.stdout.write(str(Product.objects.count()))
            return
        if rows < 1:
            raise CommandError(f"--rows {rows} is not a number of products; give 1 or more")
        if seed < 0:
            raise CommandError(f"--seed {seed} is negative; give 0 or more")
        try:
            loaded = shop_seed(products=rows, seed=seed, demo_password=settings.DEMO_PASSWORD)
        except CacheUnavailableError as error:
            raise CommandError(
                f"the rows are in, but the cache could not be cleared ({error}); "
                "start the cache that CACHE_URL names and seed again"
            ) from error
        self._report(loaded)

    def _report(self, loaded: dict[type, Loaded]) -> None:
        for model, table in loaded.items():
            self.stdout.write(f"{model._meta.verbose_name_plural}: {table.rows:,}")
        products = loaded[Product].rows
        seconds = sum(loaded[model].seconds for model in (Product, ProductTag, Review))
        self.stdout.write(
            f"products with tags and reviews: {products / seconds:,.0f}/s ({seconds:.2f} s)"
        )
