"""A PostgreSQL data directory: made whole or not at all, by the account the server runs as."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from pwd import struct_passwd

from headtohead.errors import StackError
from headtohead.stack import logs
from headtohead.stack.processes import identity_of

SUPERUSER = "postgres"


def create_cluster(data: Path, *, initdb: Path, account: struct_passwd | None) -> None:
    """Make a data directory; it gets its name last, so that an interrupted attempt is never used.

    Raises:
        StackError: initdb fails.
    """
    prefix = f"{data.name}-unfinished-"
    for abandoned in data.parent.glob(f"{prefix}*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix=prefix, dir=data.parent))
    if account is not None:
        os.chown(unfinished, account.pw_uid, account.pw_gid)
    made = subprocess.run(
        [
            initdb,
            *("--pgdata", unfinished, "--username", SUPERUSER),
            # Only those who can enter the socket's folder can connect, and it is private.
            "--auth=trust",
            # The same order of texts on every machine, whichever locales it has.
            *("--encoding=UTF8", "--no-locale"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            # Rows of a cluster that is new can be made anew, should the machine crash now.
            "--no-sync",
        ],
        cwd=unfinished,
        env=server_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **identity_of(account),
    )
    if made.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise StackError(
            f"initdb fails: {logs.telling_line(made.stdout)}", fix=f"check {data.parent}"
        )
    unfinished.rename(data)


def create_socket_folder(folder: Path, *, account: struct_passwd | None) -> None:
    """Make the private folder of a socket, or make sure that it is the server's own.

    Raises:
        StackError: Somebody else made a folder of that name.
    """
    owner = os.geteuid() if account is None else account.pw_uid
    if not folder.exists():
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, -1)
    elif folder.is_symlink() or folder.stat().st_uid != owner:
        raise StackError(f"{folder} belongs to another user", fix="remove it or set TMPDIR")


def server_environment() -> dict[str, str]:
    """This process' environment without what would make PostgreSQL differ between users."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return inherited | {"LC_ALL": "C"}
