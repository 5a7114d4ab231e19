"""Records for others to read: publish."""

from pathlib import Path
from typing import Annotated

import typer

from headtohead.cli.application import app, print_json, say
from headtohead.cli.options import AsJson
from headtohead.cli.project import read_config
from headtohead.records.run import read_record


@app.command()
def publish(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of runs, or their run.json.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Write runs into tables of H2H_DATABASE_URL or of the stack; publishing again is safe.

    Example: h2h publish results/latest
    """
    from headtohead.publish import publish_runs  # noqa: PLC0415 (slow to import)

    # All are read before any is written, so that a wrong name leaves nothing half done.
    records = [read_record(run) for run in runs]
    publish_runs.publish(records, url=publish_runs.database_url(read_config()))
    published = [record.run_id for record in records]
    if as_json:
        print_json({"published": published})
    else:
        say(f"Published {', '.join(published)}.")
