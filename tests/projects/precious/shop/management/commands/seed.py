from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shop.models import Item


class Command(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int)
        parser.add_argument("--seed", type=int)
        parser.add_argument("--count", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"]:
            self.stdout.write(str(Item.objects.count()))
            return
        Item.objects.all().delete()
        Item.objects.bulk_create(
            Item(name=f"{options['seed']}-{number}") for number in range(options["rows"])
        )
        self.stdout.write(f"{options['rows']} items with seed {options['seed']}")
