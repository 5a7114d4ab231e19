"""The command line: reads flags, calls what does the work, and turns errors into exit codes."""

import signal
import sys
from contextlib import suppress
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
    init_command,
    publish_command,
    run_commands,
    stack_commands,
    sweep_command,
    worker_command,
)
from headtohead.cli.application import EscapedError, app, console, errors, say
from headtohead.cli.failures import told
from headtohead.errors import ExitCode, HeadToHeadError
from headtohead.host.interrupts import interrupt_once, interrupts_not_lost
from headtohead.host.text_streams import use_safe_streams


@app.callback(invoke_without_command=True)
def _without_command(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        say(f"h2h {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        console.print(context.get_help())


def main(application: typer.Typer = app) -> None:
    """Run a command; whatever fails ends in one line and the exit code of its kind."""
    # A cancelled CI job or a closed terminal ends a run as cleanly as Ctrl-C does, unless somebody
    # has asked for it to go on (nohup).
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt_once)
    use_safe_streams()
    code = _carry_out(application)
    try:
        sys.stdout.flush()
    except OSError as error:
        # Whoever keeps what was printed has not got all of it, so it was no success.
        code = _fail(*told(error))
    sys.exit(code)


def _carry_out(application: typer.Typer) -> int:
    try:
        with interrupts_not_lost():
            code: int = application(standalone_mode=False, prog_name="h2h") or ExitCode.OK
    except HeadToHeadError as error:
        return _fail(str(error), code=error.exit_code)
    except typer.exceptions.TyperException as error:
        return _fail(_usage(error), code=ExitCode.USAGE)
    except EscapedError as error:
        return _fail(*told(error.reason))
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 (a traceback ends with 1, as a gate that failed does)
        return _fail(*told(error))
    if code == ExitCode.INTERRUPTED:
        # Typer returns this too, for an interrupt that it sees first.
        return _fail("interrupted; nothing was recorded", code=ExitCode.INTERRUPTED)
    return code


def _usage(error: typer.exceptions.TyperException) -> str:
    """What Typer says is wrong, with where it is told what is right."""
    context: typer.Context | None = getattr(error, "ctx", None)
    command = context.command_path if context else "h2h"
    problem = error.format_message().rstrip(".")
    return f"{problem}{'' if problem.endswith('?') else ';'} see `{command} --help`"


def _fail(message: str, code: ExitCode) -> ExitCode:
    # Where it cannot be said, the exit code still says it.
    with suppress(OSError):
        errors.print(f"h2h: {' '.join(message.split())}", style="red", soft_wrap=True)
    return code
