"""Try this harness and other tools' rules on equals and on known effects.

    python -m benchmarks.validation --runs 300 --scenario aa-quiet --scenario busy-5

It takes hours, and wants a quiet machine. Trials that are finished are kept, and the same command
goes on where it was stopped.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.validation import terminal
from benchmarks.validation.output import require_folder, write_outputs
from benchmarks.validation.progress import watching
from benchmarks.validation.scenarios import QUICK_SCENARIOS, select_scenarios
from benchmarks.validation.take_trials import Scope, validate
from benchmarks.validation.trial import Subject
from headtohead.cli import main
from headtohead.cli.application import console, errors
from headtohead.cli.project import read_project
from headtohead.records.store import to_json

application = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@application.command(help=__doc__.partition("\n")[0])
def command(
    *,
    runs: Annotated[int, typer.Option(min=1, help="Trials of each scenario.")] = 20,
    seconds: Annotated[
        float, typer.Option(min=0.5, help="Seconds of requests in a trial; small effects get more.")
    ] = 10.0,
    experiment: Annotated[
        str,
        typer.Option(help="Endpoint to measure against itself, EXPERIMENT or EXPERIMENT/VARIANT."),
    ] = "product-detail/cached",
    scenario: Annotated[
        list[str] | None, typer.Option(help="Take trials of this scenario only; may be repeated.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few short trials: proves that it works, no more.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder of trials and record; by default in the results folder."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all trials.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Take what is missing, and judge everything."""
    config, registry = read_project(seed=seed)
    if quick:
        runs, seconds, scenario = 3, 2.0, [*(scenario or QUICK_SCENARIOS)]
    folder = output or config.results_directory / ("validation-quick" if quick else "validation")
    require_folder(folder)
    scope = Scope(
        subject=Subject.named(experiment, registry),
        scenarios=select_scenarios(scenario or []),
        runs=runs,
        seconds=seconds,
    )
    with watching(errors if as_json else console) as watch:
        found = validate(
            scope,
            registry=registry,
            # Servers that inject delays are nobody else's.
            config=replace(
                config,
                settings="benchmarks.validation.settings",
                stack=config.stack.with_name(f"{config.stack.name}-validation"),
            ),
            output=folder,
            note=watch.note,
            on_progress=watch.update,
        )
        write_outputs(found, folder)
    if as_json:
        sys.stdout.write(to_json(found))
    else:
        terminal.render(found, console=console)
        console.print(f"Record {os.path.relpath(folder)}/validation.json", highlight=False)


if __name__ == "__main__":
    main(application)
