"""The type of an email address."""

from typing import Any

from django.db import models


class LowercaseEmailField(models.EmailField):
    """An email address that is the same in whatever case it is written.

    Values are stored in lower case and looked up in lower case.
    """

    def get_prep_value(self, value: Any) -> Any:
        """Fold the case of what goes to the database, be it a value or a lookup."""
        prepared = super().get_prep_value(value)
        return prepared.lower() if isinstance(prepared, str) else prepared
