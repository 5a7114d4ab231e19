"""Writing what a validation found: the record, the page and its pictures."""

from pathlib import Path

from benchmarks.validation import markdown, plots
from benchmarks.validation.record import RECORD_NAME, Validation
from headtohead.host.files import require_own, write_whole, written_last
from headtohead.records.store import to_json

PAGE_NAME = "validation.md"


def require_folder(folder: Path) -> None:
    """Refuse a folder in which a validation would replace what none wrote.

    Raises:
        ConfigurationError: It is one.
    """
    names = (PAGE_NAME, markdown.FALSE_ALARM_PLOT, markdown.POWER_PLOT)
    require_own(folder, names, mark=RECORD_NAME)


def write_outputs(validation: Validation, folder: Path) -> None:
    """Write the record last, so that where it stands the rest stands too."""
    with written_last(folder / RECORD_NAME) as file:
        write_pictures(validation, folder)
        write_whole(markdown.render(validation), folder / PAGE_NAME)
        file.write(to_json(validation).encode())


def write_pictures(validation: Validation, folder: Path) -> None:
    """Write both plots."""
    write_whole(plots.false_alarm_plot(validation), folder / markdown.FALSE_ALARM_PLOT)
    write_whole(plots.power_plot(validation), folder / markdown.POWER_PLOT)
