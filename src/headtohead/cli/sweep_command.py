"""How cost grows with data: sweep."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headtohead.cli.application import app, console, errors, say, write_json
from headtohead.cli.options import AsJson, with_settings
from headtohead.cli.project import read_project, select_runnable
from headtohead.errors import ExitCode
from headtohead.host.files import write_whole
from headtohead.records.store import to_json
from headtohead.sweep.sizes import DEFAULT_SIZES, read_sizes

if TYPE_CHECKING:
    from headtohead.sweep.record import Sweep


@app.command()
@with_settings("budget")
def sweep(
    name: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Experiment by name.")],
    *,
    rows: Annotated[
        str,
        typer.Option(
            help="Numbers of rows in ascending order, at least three; more and wider apart make "
            "the exponent surer. They are seeded in a database of its own.",
        ),
    ] = DEFAULT_SIZES,
    as_json: AsJson = False,
    **flags: Any,
) -> None:
    """Measure an experiment at several numbers of rows, and how its cost grows with them.

    Example: h2h sweep product-search --rows 1e3,3e3,1e4,3e4,1e5
    """
    from headtohead.cli.progress import watching  # noqa: PLC0415 (slow to import)
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)
    from headtohead.sweep.report import brief  # noqa: PLC0415 (slow to import)
    from headtohead.sweep.sweep_sizes import LATEST  # noqa: PLC0415 (slow to import)
    from headtohead.sweep.sweep_sizes import sweep as carry_out  # noqa: PLC0415 (slow to import)

    sizes = read_sizes(rows)
    config, registry = read_project(**flags, mode="latency")
    (experiment,) = select_runnable([name], config=config, registry=registry)
    with watching(errors if as_json else console) as watch:
        record, folder = carry_out(
            experiment,
            sizes=sizes,
            config=config,
            observer=watch,
            write_reports=_write_reports,
        )
    if as_json:
        write_json(to_json(record))
    else:
        terminal.render(brief(record), console=console)
        latest = os.path.relpath(folder.parent / LATEST)
        say(f"Record {latest}/sweep.json, page {latest}/sweep.html")
    if not record.valid:
        raise typer.Exit(ExitCode.INVALID_MEASUREMENT)


def _write_reports(record: "Sweep", folder: Path) -> None:
    from headtohead.report import html  # noqa: PLC0415 (slow to import)
    from headtohead.sweep.report import PAGE_NAME, page  # noqa: PLC0415 (slow to import)

    write_whole(html.render(page(record)), folder / PAGE_NAME)
