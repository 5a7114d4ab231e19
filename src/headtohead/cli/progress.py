"""The progress of a run on a terminal: one live line, or plain lines where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from headtohead.experiment import Experiment
from headtohead.host.text_streams import shown
from headtohead.modes.mode import Progress
from headtohead.records.results import ExperimentResult


class ProgressDisplay:
    """Shows notes and a progress line for each experiment.

    Args:
        console: Where to show them. On a terminal the line is rewritten in place; elsewhere only
            its last state is printed.
        live: The live display to use, None where there is no terminal.
    """

    def __init__(self, console: Console, *, live: Live | None) -> None:
        self._console = console
        self._live = live
        self._name = ""
        self._line = Text()

    def note(self, text: str) -> None:
        """Say what takes a moment now."""
        if self._live:
            self._live.update(Text(self._shown(f"{text} …"), style="dim"), refresh=True)
        else:
            self.say(text)

    def say(self, text: str) -> None:
        """Say what stays on the screen; brackets in it are no markup."""
        self._console.print(Text(self._shown(text)), soft_wrap=True)

    def begin(self, experiment: Experiment) -> None:
        """Announce an experiment."""
        self._name = experiment.name
        self.note(f"{experiment.name}: warming up")

    def update(self, progress: Progress) -> None:
        """Rewrite the line."""
        self._line = Text.assemble(
            (self._shown(f"{self._name}  "), "bold"),
            f"{progress.pairs} {progress.unit}  ",
            f"{describe_ratio(progress.ratio, progress.interval, unit=progress.unit)}  ",
            (f"{progress.seconds_left:.0f} s left", "dim"),
        )
        if self._live:
            self._live.update(self._line, refresh=True)

    def end(self, result: ExperimentResult) -> None:
        """Leave the last state on the screen; verdicts have to wait for the other experiments."""
        unit = result.mode.pair
        outcome = (
            ", ".join(
                f"{comparison.variant} "
                f"{describe_ratio(comparison.ratio, comparison.ci95, unit=unit)}"
                for comparison in result.comparisons
                if not comparison.metric.guardrail
            )
            if result.valid
            else "invalid"
        )
        self._console.print(
            Text.assemble(
                (self._shown(f"{result.name}  "), "bold"),
                f"{result.pairs} {unit}  ",
                self._shown(outcome),
            )
        )

    def _shown(self, text: str) -> str:
        return shown(text, encoding=self._console.encoding)


def describe_ratio(ratio: float | None, interval: tuple[float, float], *, unit: str) -> str:
    """An effect with its interval, or what is known instead."""
    low, high = interval
    if ratio is None:
        return "no ratio yet"
    if low == 0:
        return f"ratio {ratio:.3f} (too few {unit} for an interval)"
    return f"ratio {ratio:.3f} [{low:.3f}, {high:.3f}]"


@contextmanager
def watching(console: Console) -> Iterator[ProgressDisplay]:
    """A watch for the length of the block; the live line is gone afterwards."""
    # A dumb terminal rewrites no line, nor does a pipe for which FORCE_COLOR asks for colours.
    if not console.is_interactive:
        yield ProgressDisplay(console, live=None)
        return
    # Drawn only when something is said: a timer of its own would wake up during requests.
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield ProgressDisplay(console, live=live)
