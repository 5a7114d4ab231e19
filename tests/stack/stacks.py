"""Stacks of the test project, and what is left of them."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from headtohead.stack import StackSettings

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


def processes_of(directory: Path) -> list[psutil.Process]:
    """Every live process that mentions the folder: where it works, how it was called, its world."""

    def mentions(process: psutil.Process) -> bool:
        with suppress(psutil.AccessDenied, psutil.NoSuchProcess):
            facts = (process.cwd(), *process.cmdline(), *process.environ().values())
            return any(fact.startswith(str(directory)) for fact in facts)
        return False

    return [process for process in psutil.process_iter() if mentions(process)]


def ignore(_: str) -> None:
    """Progress that nobody watches."""
