"""Whether the services that only some experiments need can be had here."""

import shutil
from importlib.util import find_spec

from headtohead.errors import StackError
from headtohead.experiment import SERVICES
from headtohead.stack.settings import StackSettings

CELERY, MEMCACHED = SERVICES


def missing(service: str, *, settings: StackSettings) -> StackError | None:
    """Why a service cannot be had, and what brings it; None when it can.

    Args:
        service: One of `headtohead.experiment.SERVICES`.
        settings: The stack that would run it.
    """
    if service == MEMCACHED:
        if settings.memcached_url or shutil.which("memcached"):
            return None
        return StackError(
            "memcached is not installed",
            fix="sudo apt-get install memcached, or set MEMCACHED_URL",
        )
    if settings.celery is None:
        return StackError(
            "the project has no Celery application", fix="name it as `celery` in [tool.headtohead]"
        )
    if find_spec("celery") is None:
        return StackError("Celery is not installed", fix="pip install '.[app]'")
    return None
