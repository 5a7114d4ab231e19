"""Stacks of the test project, and what is left of them."""

from pathlib import Path
from typing import Any

from headtohead.services.project_variables import ProjectVariable
from headtohead.stack.settings import StackSettings

PROJECT = Path(__file__).parent / "project"
VARIABLES = (
    ProjectVariable(name="DJANGO_SECRET_KEY", value="{secret}"),
    ProjectVariable(name="JWT_SIGNING_KEY", value="{secret}"),
    ProjectVariable(name="DJANGO_ALLOWED_HOSTS", value="localhost,127.0.0.1"),
    ProjectVariable(name="DEMO_PASSWORD", value="headtohead-demo", only_embedded=True),
)


def settings_in(directory: Path, **changes: Any) -> StackSettings:
    known: dict[str, Any] = {
        "root": PROJECT,
        "settings_module": "shop.settings",
        "wsgi": "shop.wsgi:application",
        "asgi": "shop.asgi:application",
        "gunicorn_config": None,
        "health": "/health/",
        "rows": 30,
        "variables": VARIABLES,
    }
    return StackSettings(directory=directory, **(known | changes))


def ignore(_: str) -> None:
    """Progress that nobody watches."""
