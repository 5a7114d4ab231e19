"""The application that commands register with, and what they print to."""

import json
import re
import sys
from typing import Any, TextIO

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from headtohead.host.text_streams import shown


class EscapedError(Exception):
    """What a command raised and Typer would make an exit code of its own of.

    Args:
        reason: The error.
    """

    def __init__(self, reason: Exception) -> None:
        super().__init__(reason)
        self.reason = reason


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        """Carry out a command; Typer ends with 1, like a failed gate, where a pipe is closed."""
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, EOFError) as error:
            raise EscapedError(error) from error


class _Console(Console):
    def render_str(self, text: str, **how: Any) -> Text:
        """A text as it can be shown; whatever is printed passes here, cells of tables too."""
        return super().render_str(shown(text, encoding=self.encoding), **how)


app = typer.Typer(
    cls=_Commands,
    help="Two ways to serve the same request, head to head: effect, interval, verdict, reason.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _only_terminal(stream: TextIO | None) -> bool | None:
    """Lines are rewritten on a terminal alone; for a pipe FORCE_COLOR asks for colours only."""
    return None if stream and stream.isatty() else False


# What is printed quotes SQL and names, in which `::date::` is no picture and `[bold]` no markup.
_PLAINLY: Any = {"emoji": False, "markup": False, "highlight": False}
console = _Console(**_PLAINLY, force_interactive=_only_terminal(sys.stdout))
errors = _Console(**_PLAINLY, force_interactive=_only_terminal(sys.stderr), stderr=True)

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def print_json(value: Any) -> None:
    """Print a value for machines."""
    write_json(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def write_json(text: str) -> None:
    """Print JSON; what the output's encoding lacks is escaped as JSON does it."""
    if not _can_encode(text):
        text = _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)
    sys.stdout.write(text)


def write_html(text: str) -> None:
    """Print a page; what the output's encoding lacks is written as HTML refers to it."""
    if not _can_encode(text):
        text = text.encode("ascii", "xmlcharrefreplace").decode()
    sys.stdout.write(text)


def say(text: str) -> None:
    """Print a result that is one line, which the terminal may wrap and nobody else does."""
    console.print(text, soft_wrap=True)


def note(text: str) -> None:
    """Say something that is not the result, on one line."""
    errors.print(text, soft_wrap=True)


def _can_encode(text: str) -> bool:
    # UTF-8 is what both are read as by whoever finds them in a file.
    if not console.encoding.startswith("utf"):
        return text.isascii()
    try:
        text.encode(console.encoding)
    except UnicodeEncodeError:
        return False
    return True
