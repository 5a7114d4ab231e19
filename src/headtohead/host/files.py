"""Files that others read: all of one or none of it, whoever is killed and whoever else writes."""

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from headtohead.errors import ConfigurationError

_IGNORED = "*\n"


def write_whole(text: str, path: Path, *, private: bool = False) -> None:
    """Write a text so that a reader sees all of it or what was there before; see `whole`."""
    with whole(path, private=private) as file:
        file.write(text.encode())


@contextmanager
def whole(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write, which takes its name when the block ends without an error.

    What a killed process left half-written is written over. Of two that write at once the second
    waits.

    Args:
        path: The file, or a link to it.
        private: Whether nobody but its owner may read it.
    """
    path = path.resolve()
    partial = path.with_name(f"{path.name}.partial")
    with held(partial, permissions=0o600 if private else 0o666) as descriptor:
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.truncate()
                yield file
                file.flush()
                os.fsync(descriptor)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


@contextmanager
def written_last(path: Path) -> Iterator[BinaryIO]:
    """`whole`, for that of several files by which a reader knows that the others are there.

    It is gone until they are. The others are written within the block.
    """
    with whole(path) as file:
        path.unlink(missing_ok=True)
        yield file


@contextmanager
def held(path: Path, *, wait: bool = True, permissions: int = 0o666) -> Iterator[int]:
    """A file that is this process' alone within the block; it is made where there is none.

    Yields:
        Its descriptor.

    Raises:
        BlockingIOError: Another process has it, and is not to be waited for.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, permissions)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it before may have renamed or removed it.
            if _is(path, descriptor):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def is_own(directory: Path) -> bool:
    """Whether a folder is one that `prepare_folder` made."""
    mark = directory / ".gitignore"
    return mark.is_file() and mark.read_text(encoding="utf-8") == _IGNORED


def prepare_folder(directory: Path) -> None:
    """Make a private folder of h2h's own, which git ignores.

    Raises:
        ConfigurationError: It is there, and h2h did not make it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_own(directory):
        return
    mark = directory / ".gitignore"
    if not {path.name for path in directory.iterdir()} <= {f"{mark.name}.partial"}:
        raise ConfigurationError(
            f"{directory} is a folder that h2h did not make",
            fix="set `stack` in [tool.headtohead] to one that is not there yet",
        )
    write_whole(_IGNORED, mark)


def require_own(folder: Path, names: Collection[str], *, mark: str) -> None:
    """Refuse to replace files of a user's, which h2h's own mark does not stand beside.

    Raises:
        ConfigurationError: There is one, or the folder is itself a file.
    """
    if folder.is_file():
        raise ConfigurationError(f"{folder} is a file", fix="name a folder with --output")
    if any((folder / name).exists() for name in (mark, f"{mark}.partial")):
        return
    for name in names:
        if (folder / name).exists():
            raise ConfigurationError(
                f"{folder / name} is a file that h2h did not write",
                fix="move it, or name another folder with --output",
            )


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
