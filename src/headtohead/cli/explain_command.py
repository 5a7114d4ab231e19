"""Why a variant takes what it takes: explain."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from headtohead.cli.application import app, console, note, write_json
from headtohead.cli.options import AsJson, Names, with_settings
from headtohead.cli.project import read_project, select_runnable
from headtohead.cli.reports import explain_run
from headtohead.errors import ConfigurationError
from headtohead.records.run import read_record
from headtohead.records.store import to_json


@app.command()
@with_settings("url")
def explain(
    *,
    names: Names = None,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="A run's folder or its run.json: explain its experiments, in its report.",
        ),
    ] = None,
    as_json: AsJson = False,
    **flags: Any,
) -> None:
    """Show each variant's SQL, the code that asks for it, its plans, and hints.

    Example: h2h explain product-list
    Example: h2h explain --run results/latest
    """
    from headtohead.explain import explain_experiments  # noqa: PLC0415 (slow to import)
    from headtohead.explain.report import brief  # noqa: PLC0415 (slow to import)
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)

    config, registry = read_project(**flags)
    if run is None:
        experiments = select_runnable(names or [], config=config, registry=registry)
        explained = explain_experiments.explain(experiments, config=config, note=note)
        folder = explain_experiments.keep_apart(explained, results=config.results_directory)
    elif names:
        raise ConfigurationError(
            "a run is explained as a whole", fix="give experiments or --run, not both"
        )
    else:
        record, folder = read_record(run), run if run.is_dir() else run.parent
        measured = [each.name for each in record.experiments]
        experiments = select_runnable(measured, config=config, registry=registry)
        explained = explain_run(record, folder, experiments=experiments, config=config, note=note)
    if as_json:
        write_json(to_json(explained))
        return
    terminal.render(brief(explained.variants), console=console)
    kept = os.path.relpath(folder)
    shown = f", shown in {kept}/report.html" if run else ""
    note(f"Kept in {kept}/explain.json{shown}")
