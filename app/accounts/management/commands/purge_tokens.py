"""`manage.py purge_tokens`: delete what is stored of tokens that have expired."""

from typing import Any

from django.core.management.base import BaseCommand

from app.accounts import services


class Command(BaseCommand):
    """Deletes expired token families and the counters of failures that are over."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        self.stdout.write(f"expired token families deleted: {services.purge()}")
