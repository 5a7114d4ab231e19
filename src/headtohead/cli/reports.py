"""The files in a run's folder that are derived from its record, and what explains it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from headtohead.config import Config
from headtohead.experiment import Experiment
from headtohead.host.files import write_whole
from headtohead.records.explained import Explained, read_explained, write_explained
from headtohead.records.run import Run


def write_reports(record: Run, folder: Path) -> None:
    """Write what is derived, from what explains the run too where the folder has it."""
    from headtohead.report import html, markdown  # noqa: PLC0415 (slow to import)
    from headtohead.report.run_brief import brief  # noqa: PLC0415 (slow to import)
    from headtohead.report.run_page import page  # noqa: PLC0415 (slow to import)

    whole = page(record, explained=read_explained(folder))
    write_whole(html.render(whole), folder / "report.html")
    write_whole(markdown.render(brief(record)), folder / "report.md")


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
