"""django-prometheus' counts of what happens to models."""

from django.conf import settings
from django_prometheus.models import ExportModelOperationsMixin


class _Uncounted:
    """Adds nothing."""


def counted(model: str) -> type:
    """A base for a model whose instances are counted when they are saved or deleted one by one.

    Where requests may be measured it adds nothing, see `DATABASE_METRICS`.
    """
    return ExportModelOperationsMixin(model) if settings.DATABASE_METRICS else _Uncounted
