"""Micro-benchmarks of two git revisions: bench."""

import os
from typing import Annotated, Any

import typer

from headtohead.cli.application import app, console, errors, say, write_json
from headtohead.cli.options import FEWEST_ROUNDS, AsJson, Base, Head, with_settings
from headtohead.cli.project import read_config
from headtohead.errors import ConfigurationError
from headtohead.records.store import to_json

DEFAULT_ROUNDS = 10


@app.command()
@with_settings("margin", "seed", "results")
def bench(
    base: Base,
    head: Head = None,
    *,
    select: Annotated[
        str | None, typer.Option("--select", "-k", help="Which benchmarks, as pytest -k takes it.")
    ] = None,
    rounds: Annotated[
        int,
        typer.Option(
            min=FEWEST_ROUNDS,
            help="How many fresh processes of each revision; they take turns in random order.",
        ),
    ] = DEFAULT_ROUNDS,
    instructions: Annotated[
        bool | None,
        typer.Option(
            "--instructions/--no-instructions",
            help="Count instructions, too, in one more process of each revision. Default: where "
            "valgrind is installed.",
        ),
    ] = None,
    as_json: AsJson = False,
    **flags: Any,
) -> None:
    """Compare the pytest-benchmark suites of two git revisions, process by process.

    Example: h2h bench main -k server_timing
    """
    from headtohead.bench.compare_benchmarks import LATEST  # noqa: PLC0415 (slow to import)
    from headtohead.bench.compare_benchmarks import bench as carry_out  # noqa: PLC0415 (slow to import)
    from headtohead.bench.instructions import can_count  # noqa: PLC0415 (slow to import)
    from headtohead.bench.report import brief  # noqa: PLC0415 (slow to import)
    from headtohead.cli.progress import watching  # noqa: PLC0415 (slow to import)
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)

    if instructions and not can_count():
        raise ConfigurationError(
            "instructions cannot be counted here",
            fix="install valgrind (Debian's package), or leave --instructions out; it needs x86-64",
        )
    config = read_config(**flags)
    with watching(errors if as_json else console) as watch:
        record, folder = carry_out(
            base,
            head,
            select=select,
            rounds=rounds,
            instructions=can_count() if instructions is None else instructions,
            config=config,
            note=watch.note,
            say=watch.say,
        )
    if as_json:
        write_json(to_json(record))
    else:
        terminal.render(brief(record), console=console)
        latest = os.path.relpath(folder.parent / LATEST)
        say(f"Record {latest}/bench.json")
