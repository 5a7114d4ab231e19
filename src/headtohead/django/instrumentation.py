"""Measures a project whose settings do not name h2h: its requests, and the lookups of its caches.

`on_path/sitecustomize.py` calls it as soon as Django's handlers are imported. The rest of Django is
imported when a handler loads its middleware: by then it is whole, and the settings are final.
"""

import sys
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any


def instrument(handlers: ModuleType) -> None:
    """Have every handler say what serving a request took, as the outermost of its middleware.

    One whose settings name `MeasurementMiddleware` is left as it is. Where this fails, the project
    is served as ever, and a line on stderr says why nothing is told.

    Args:
        handlers: `django.core.handlers.base`.
    """
    load: Callable[..., None] = handlers.BaseHandler.load_middleware

    @wraps(load)
    def load_middleware(handler: Any, *arguments: Any, **named: Any) -> None:
        load(handler, *arguments, **named)
        try:
            _measure(handler)
        except Exception as error:  # noqa: BLE001 (the project goes on without)
            if sys.stderr is not None:
                sys.stderr.write(f"h2h: no causes: {type(error).__name__}: {error}\n")

    handlers.BaseHandler.load_middleware = load_middleware


def _measure(handler: Any) -> None:
    from django.conf import settings  # noqa: PLC0415 (as said above, and those below)

    from headtohead.django.cache_lookups import watch_caches  # noqa: PLC0415
    from headtohead.django.middleware import MeasurementMiddleware  # noqa: PLC0415
    from headtohead.django.settings import is_brought_in  # noqa: PLC0415

    chain = handler._middleware_chain
    # Whoever brings h2h in twice has it once.
    if is_brought_in() and not isinstance(chain, MeasurementMiddleware):
        watch_caches(settings.CACHES)
        handler._middleware_chain = MeasurementMiddleware(chain)
