"""Stacks of the test project, and what is left of them."""

from pathlib import Path
from typing import Any

from headtohead.stack.settings import StackSettings

PROJECT = Path(__file__).parent / "project"


def settings_in(directory: Path, **changes: Any) -> StackSettings:
    known: dict[str, Any] = {
        "root": PROJECT,
        "settings_module": "shop.settings",
        "wsgi": "shop.wsgi:application",
        "asgi": "shop.asgi:application",
        "gunicorn_config": None,
        "rows": 30,
    }
    return StackSettings(directory=directory, **(known | changes))


def ignore(_: str) -> None:
    """Progress that nobody watches."""
