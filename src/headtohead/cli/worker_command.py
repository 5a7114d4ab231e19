"""Putting load on for a run on another host: worker."""

import os
import sys
from typing import Annotated

import typer

from headtohead.cli.application import app, say
from headtohead.config import MASTER_PORT
from headtohead.errors import ConfigurationError
from headtohead.load.messages.distributed import SECRET_VARIABLE


@app.command()
def worker(
    *,
    master: Annotated[
        str,
        typer.Option(
            metavar="HOST[:PORT]",
            help=f"Where `h2h run --remote-workers` waits; the port is {MASTER_PORT} if none is "
            "given. Give no address that you do not trust: this host sends whatever requests the "
            "master there asks for.",
        ),
    ],
) -> None:
    """Put load on for a run on another host, until that run ends. Needs no project.

    The run prints the command with its secret. H2H_WORKER_SECRET may hold another, on both hosts.

    Example: H2H_WORKER_SECRET=... h2h worker --master 10.0.0.1
    """
    host, _, port = master.partition(":")
    if not host or (port and not (port.isdecimal() and 0 < int(port) < 65536)):
        raise ConfigurationError(
            f"--master is {master!r}", fix=f"give a host, or host and port: 10.0.0.1:{MASTER_PORT}"
        )
    if not os.environ.get(SECRET_VARIABLE):
        raise ConfigurationError(
            f"{SECRET_VARIABLE} is not set",
            fix="give the command as `h2h run --remote-workers` prints it, or set the same there",
        )
    port = port or str(MASTER_PORT)
    say(f"Working for the master at {host}:{port}, until its run ends")
    sys.stdout.flush()
    # Whoever stops this command stops the worker itself, and nothing in between.
    os.execv(sys.executable, [sys.executable, "-m", "headtohead.load.generator.worker", host, port])  # noqa: S606
