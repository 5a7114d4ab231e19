"""The harness' own benchmark: validate."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from headtohead.cli.application import app, console, errors
from headtohead.cli.options import AsJson, Seed, Url
from headtohead.cli.project import read_project


@app.command()
def validate(
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
    seed: Seed = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Try this harness and other tools' rules on equals and on known effects; takes hours.

    Trials that are finished are kept, and the same command goes on where it was stopped.

    Example: h2h validate --runs 300 --scenario aa-quiet --scenario busy-5
    """
    from headtohead.validate import terminal  # noqa: PLC0415 (slow to import)
    from headtohead.validate.output import (  # noqa: PLC0415 (slow to import)
        require_folder,
        write_outputs,
    )
    from headtohead.validate.scenarios import (  # noqa: PLC0415 (slow to import)
        QUICK_SCENARIOS,
        select_scenarios,
    )
    from headtohead.validate.session import Scope  # noqa: PLC0415 (slow to import)
    from headtohead.validate.session import validate as carry_out  # noqa: PLC0415 (slow to import)
    from headtohead.validate.trial import Subject  # noqa: PLC0415 (slow to import)
    from headtohead.validate.watch import watching  # noqa: PLC0415 (slow to import)

    config, registry = read_project(seed=seed, url=url)
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
        found = carry_out(
            scope,
            registry=registry,
            config=config,
            output=folder,
            note=watch.note,
            on_progress=watch.update,
        )
        write_outputs(found, folder)
    if as_json:
        from headtohead.validate.record import to_json as validation_to_json  # noqa: PLC0415 (same)

        sys.stdout.write(validation_to_json(found))
    else:
        terminal.render(found, console=console)
        console.print(f"Record {os.path.relpath(folder)}/validation.json", highlight=False)
