"""Writing what a validation found: the record, the page and its pictures."""

from pathlib import Path

from headtohead.files import write_whole
from headtohead.validate import markdown, plots
from headtohead.validate.record import RECORD_NAME, Validation, to_json

PAGE_NAME = "validation.md"


def write_outputs(validation: Validation, folder: Path) -> None:
    """Write the record last, so that where it stands the rest stands too."""
    write_pictures(validation, folder)
    write_whole(markdown.render(validation), folder / PAGE_NAME)
    write_whole(to_json(validation), folder / RECORD_NAME)


def write_pictures(validation: Validation, folder: Path) -> None:
    """Write both plots."""
    write_whole(plots.false_alarm_plot(validation), folder / markdown.FALSE_ALARM_PLOT)
    write_whole(plots.power_plot(validation), folder / markdown.POWER_PLOT)
