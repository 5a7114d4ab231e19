"""The folder a stack lives in: private, ignored by git, and used by one command at a time."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from headtohead.errors import StackError
from headtohead.files import prepare_folder


@contextmanager
def usable(directory: Path) -> Iterator[Path]:
    """The folder as an absolute path; what the system refuses to do in it is told in one line.

    Raises:
        StackError: A file or folder cannot be read or written.
    """
    try:
        yield directory.resolve()
    except OSError as error:
        raise StackError(
            f"the stack in {directory} cannot be used ({error.filename}: {error.strerror})",
            fix="mend that, or set `stack` in [tool.headtohead] to a folder of your own",
        ) from error


@contextmanager
def locked(directory: Path, *, progress: Callable[[str], None]) -> Iterator[None]:
    """Hold the folder, waiting for another command that holds it; it is made.

    Raises:
        ConfigurationError: It is there, and h2h did not make it.
    """
    prepare_folder(directory)
    (directory / "logs").mkdir(mode=0o700, exist_ok=True)
    with (directory / "lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another h2h that works on the same stack")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
