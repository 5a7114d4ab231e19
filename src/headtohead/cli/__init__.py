"""The command line: reads flags, calls what does the work, and turns errors into exit codes."""

import os
import signal
import sys
from typing import Annotated

import typer

from headtohead import __version__

# Importing a module of commands registers them.
from headtohead.cli import (  # noqa: F401
    audit_command,
    bench_command,
    compare_command,
    dashboards_command,
    experiment_commands,
    explain_command,
    gate_command,
    history_command,
    publish_command,
    run_commands,
    stack_commands,
    sweep_command,
    worker_command,
)
from headtohead.cli.application import app, console, errors
from headtohead.errors import ExitCode, HeadToHeadError
from headtohead.host.interrupts import interrupts_not_lost


@app.callback(invoke_without_command=True)
def _without_command(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        console.print(f"h2h {__version__}", highlight=False)
        raise typer.Exit
    if context.invoked_subcommand is None:
        console.print(context.get_help(), highlight=False)


def main(application: typer.Typer = app) -> None:
    """Run a command; every expected failure ends in one line and the exit code of its kind."""
    # A cancelled CI job or a closed terminal ends a run as cleanly as Ctrl-C does, unless somebody
    # has asked for it to go on (nohup).
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        with interrupts_not_lost():
            code = application(standalone_mode=False)
    except HeadToHeadError as error:
        sys.exit(_fail(str(error), code=error.exit_code))
    except typer.exceptions.TyperException as error:
        code = _fail(error.format_message(), code=ExitCode.USAGE)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.OK
    if code == ExitCode.INTERRUPTED:
        # Typer returns this too, for an interrupt that it sees first.
        _fail("interrupted; nothing was recorded", code=ExitCode.INTERRUPTED)
    sys.exit(code)


def _fail(message: str, *, code: ExitCode) -> ExitCode:
    one_line = " ".join(message.split())
    errors.print(f"h2h: {one_line}", style="red", markup=False, highlight=False, soft_wrap=True)
    return code
