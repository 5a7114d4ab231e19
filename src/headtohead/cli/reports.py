"""A run in every format, the files in its folder that are derived from it, and what explains it."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from headtohead.config import Config
from headtohead.experiment import Experiment
from headtohead.host.files import write_whole
from headtohead.records.explained import Explained, read_explained, write_explained
from headtohead.records.run import Run
from headtohead.records.store import to_json


class Format(StrEnum):
    """What a record can be rendered as."""

    TERMINAL = "terminal"
    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"


# The names that formats have as files in a run's folder.
_FILES = {"report.html": Format.HTML, "report.md": Format.MARKDOWN}


def rendered(record: Run, *, form: Format, folder: Path) -> str:
    """A record in any format but that of a terminal, which depends on its width and colours.

    Args:
        record: What was measured.
        form: The format.
        folder: The run's folder, which may have what explains it.
    """
    from headtohead.report import html, markdown  # noqa: PLC0415 (slow to import)
    from headtohead.report.run_brief import brief  # noqa: PLC0415 (slow to import)
    from headtohead.report.run_page import page  # noqa: PLC0415 (slow to import)

    match form:
        case Format.HTML:
            return html.render(page(record, explained=read_explained(folder)))
        case Format.MARKDOWN:
            return markdown.render(brief(record))
        case Format.JSON:
            return to_json(record)
        case Format.TERMINAL:
            raise ValueError(form)


def write_reports(record: Run, folder: Path) -> None:
    """Write what is derived, from what explains the run too where the folder has it."""
    for name, form in _FILES.items():
        write_whole(rendered(record, form=form, folder=folder), folder / name)


def explain_run(
    record: Run,
    folder: Path,
    *,
    experiments: Sequence[Experiment],
    config: Config,
    note: Callable[[str], None],
) -> Explained:
    """Explain the experiments of a finished run, in its folder and its report."""
    from headtohead.explain.explain_experiments import explain  # noqa: PLC0415 (slow to import)

    explained = explain(experiments, config=config, note=note)
    write_explained(explained, folder)
    write_reports(record, folder)
    return explained
