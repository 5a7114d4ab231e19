"""`manage.py relay_orders`: hand over orders whose task was lost; show which are parked."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from app.orders import outbox, tasks


class Command(BaseCommand):
    """Does what the beat has done where there is one, and gives parked orders another chance."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what it takes."""
        parser.add_argument("--again", action="store_true", help="try parked orders again, too")

    def handle(self, *args: Any, again: bool, **options: Any) -> None:
        """Run the command."""
        if again:
            outbox.parked().update(tries=0)
        tasks.relay()
        for entry in outbox.parked():
            self.stdout.write(f"{entry.order_number}: parked after {entry.tries} tries")
        self.stdout.write(f"orders still to be followed up: {outbox.count()['waiting']}")
