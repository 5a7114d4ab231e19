"""Commands of h2h given in this process, which spares each of them a Python of its own.

What a command starts are real processes all the same. Tests whose subject is the process itself,
such as those of interrupts, start one with `Project.start`.
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from headtohead.cli import main
from headtohead.cli.application import console, errors

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def give(*arguments: str, folder: Path, environment: Mapping[str, str]) -> CompletedProcess[str]:
    """What a command prints in a folder and its exit code, as `subprocess.run` tells them."""
    code: int | str | None = None
    for each in (console, errors):
        # They would have that of the moment when they were imported, as processes begin.
        each.width = int(environment.get("COLUMNS", 80))
    with (
        redirect_stdout(StringIO()) as output,
        redirect_stderr(StringIO()) as said,
        chdir(folder),
        patch.dict(os.environ, environment, clear=True),
        patch.object(sys, "argv", ["h2h", *arguments]),
        patch.object(sys, "path", [*sys.path]),
        _handlers_kept(),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return CompletedProcess(arguments, int(code or 0), output.getvalue(), said.getvalue())


@contextmanager
def _handlers_kept() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in HANDLED}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def one_line(completed: CompletedProcess[str]) -> str:
    """The error, which has to be a single line without a traceback."""
    lines = completed.stderr.strip().splitlines()
    assert lines, completed.stdout
    assert "Traceback" not in completed.stderr
    assert lines[-1].startswith("h2h: "), completed.stderr
    assert sum(line.startswith("h2h: ") for line in lines) == 1
    return lines[-1]
