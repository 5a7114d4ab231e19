"""The progress of a validation: one live line, or plain lines where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from benchmarks.validation.take_trials import TrialProgress


class Watch:
    """Shows what a validation is doing.

    Args:
        console: Where to.
        live: The line to rewrite, None where there is no terminal.
    """

    def __init__(self, console: Console, *, live: Live | None) -> None:
        self._console = console
        self._live = live

    def note(self, text: str) -> None:
        """Say what takes a moment now."""
        self._show(f"{text} …")

    def update(self, progress: TrialProgress) -> None:
        """Say which trial is under way."""
        self._show(f"trial {progress.finished + 1} of {progress.planned}: {progress.scenario}")

    def _show(self, text: str) -> None:
        if self._live:
            self._live.update(Text(text, style="dim"), refresh=True)
        else:
            self._console.print(text, highlight=False)


@contextmanager
def watching(console: Console) -> Iterator[Watch]:
    """A watch for the length of the block; its line is gone afterwards."""
    if not console.is_terminal:
        yield Watch(console, live=None)
        return
    # Drawn only when something is said: a timer of its own would wake up during requests.
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield Watch(console, live=live)
