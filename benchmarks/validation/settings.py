"""The reference project's settings, with the middleware that injects delays."""

from app.config import settings
from app.config.settings import *  # noqa: F403

# Second: the harness's middleware, which is the first, counts the delay as the server's time.
MIDDLEWARE = [
    settings.MIDDLEWARE[0],
    "benchmarks.validation.injected_delay_middleware.InjectedDelayMiddleware",
    *settings.MIDDLEWARE[1:],
]
