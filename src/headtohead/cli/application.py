"""The application that commands register with, and what they print to."""

import json
import sys
from typing import Any

import typer
from rich.console import Console

app = typer.Typer(
    help="Two ways to serve the same request, head to head: effect, interval, verdict, reason.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
# What is printed quotes SQL and names, in which `::date::` is no picture.
console = Console(emoji=False)
errors = Console(stderr=True, emoji=False)


def print_json(value: Any) -> None:
    """Print a value for machines."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def note(text: str) -> None:
    """Say something that is not the result; brackets in it are no markup."""
    errors.print(text, markup=False, highlight=False, soft_wrap=True)
