"""Waiting for what comes a little later."""

import time
from collections.abc import Callable

# Seconds after which what is waited for never comes; a loaded machine takes long.
PATIENCE = 300


def eventually(
    holds: Callable[[], object], *, patience: float = PATIENCE, pause: float = 0.05
) -> None:
    """Wait until something holds, and fail when it does not for so many seconds."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(pause)
