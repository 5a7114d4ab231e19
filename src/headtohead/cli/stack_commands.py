"""The local stack: up, status, down, seed."""

import os
from dataclasses import asdict
from typing import Any

from headtohead.cli.application import app, console, note, print_json, say
from headtohead.cli.options import AsJson, with_settings
from headtohead.cli.project import read_config, read_project
from headtohead.stack import lifecycle
from headtohead.stack.availability import runnable
from headtohead.stack.settings import stack_settings
from headtohead.stack.state import RunningStack, is_left_behind
from headtohead.stack.target import open_target


@app.command()
@with_settings("rows", "port", "api_workers", "prometheus")
def up(*, as_json: AsJson = False, **flags: Any) -> None:
    """Start PostgreSQL, Valkey, the API and what experiments need, and leave them running.

    Example: h2h up --port 8000
    Example: h2h up --prometheus
    """
    config, registry = read_project(**flags)
    settings = stack_settings(config, runnable(tuple(registry), config=config, note=note))
    _show_stack(lifecycle.up(settings, progress=note), as_json=as_json)


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show what runs, where it answers and where its logs are.

    Example: h2h status
    """
    settings = stack_settings(read_config())
    running = lifecycle.status(settings)
    if running and is_left_behind(settings.directory):
        note("It was brought up for a while by an h2h that was killed; `h2h down` stops it.")
    if running:
        _show_stack(running, as_json=as_json)
    elif as_json:
        print_json({"up": False})
    else:
        say("Nothing is running; `h2h up` starts the stack.")


@app.command()
def down(*, as_json: AsJson = False) -> None:
    """Stop what `h2h up` started; data stays for the next time.

    Example: h2h down
    """
    stopped = lifecycle.down(stack_settings(read_config()))
    if as_json:
        print_json({"stopped": stopped})
    else:
        say(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")


@app.command()
@with_settings("rows", "seed")
def seed(*, as_json: AsJson = False, **flags: Any) -> None:
    """Replace all rows: the same rows for the same seed.

    Example: h2h seed --rows 20000
    """
    config = read_config(**flags)
    with open_target(config, progress=note):
        output = lifecycle.seed(stack_settings(config), rows=config.rows, seed=config.seed)
    if as_json:
        print_json({"rows": config.rows, "seed": config.seed, "output": output.splitlines()})
    else:
        say(output.strip())


def _show_stack(running: RunningStack, *, as_json: bool) -> None:
    if as_json:
        print_json({"up": True, **asdict(running)})
        return
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)
    from headtohead.report.document import Brief, table  # noqa: PLC0415 (slow to import)

    columns = ("server", "version", "address", "log")
    rows = [
        (
            each.name,
            each.version,
            each.address,
            os.path.relpath(each.log) if each.log else "not ours",
        )
        for each in running.servers
    ]
    # Addresses and paths are there to be copied, so none is cut where it does not fit.
    servers = table("Running", headers=columns, rows=rows, names=columns[:1], words=columns[1:])
    terminal.render(Brief(title="Stack", parts=(servers,)), console=console)
