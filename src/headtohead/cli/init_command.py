"""The first command in a project: init."""

import sys
from typing import Annotated

import typer

from headtohead.cli.application import app, console, errors
from headtohead.cli.options import AsJson, Cookies, Headers, sending
from headtohead.cli.project import read_config
from headtohead.errors import ExitCode
from headtohead.records.store import to_json


@app.command()
def init(
    *,
    path: Annotated[
        str | None,
        typer.Option(
            help="Ask both sides for this path. Default: the first list of the OpenAPI document, "
            "or else one of the URLconf.",
            show_default=False,
        ),
    ] = None,
    headers: Headers = None,
    cookies: Cookies = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the configuration instead of writing it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find out what a comparison of this project needs, try it once, and write a configuration.

    Nothing of the project runs in its own folder, and nothing of yours is changed but the
    configuration: a table at the end of pyproject.toml, or else headtohead.toml. It fails (2) where
    something is missing that you have to say first.

    Example: h2h init --path /api/products/
    """
    from headtohead.cli.progress import watching  # noqa: PLC0415 (slow to import)
    from headtohead.init import survey as surveying  # noqa: PLC0415 (slow to import)
    from headtohead.init.report import Configuration, brief  # noqa: PLC0415 (slow to import)
    from headtohead.init.write_configuration import (  # noqa: PLC0415 (slow to import)
        configuration,
        configured_in,
        place_for,
        write_configuration,
    )
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)

    config = sending(read_config(), headers=headers, cookies=cookies)
    with watching(errors if as_json else console) as watch:
        found = surveying.survey(config=config, path=path, note=watch.note, say=watch.say)
    settings = configuration(found.facts)
    there = configured_in(config.root)
    name, text = (there, "") if there else place_for(config.root, settings=settings)
    written = not there and not dry_run
    if written:
        write_configuration(text, config.root / name)
    if as_json:
        sys.stdout.write(to_json(found))
    else:
        told = Configuration(text=settings, file=name, written=written, there_already=bool(there))
        terminal.render(brief(found, told), console=console)
    if not found.ready(added=written):
        raise typer.Exit(ExitCode.USAGE)
