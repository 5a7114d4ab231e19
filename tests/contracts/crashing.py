"""What a process leaves that dies at any moment, or meets another one then.

Moments are operations on files: before each of them, and in the middle of each write. They are
taken in processes of their own, because there is no way back from what makes them known.
"""

import _pyio
import builtins
import fcntl
import gc
import io
import itertools
import os
import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

Act = Callable[[Path], object]

_OPERATIONS = {
    *("fcntl.flock", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"),
    *("os.truncate", "subprocess.Popen"),
}
_PATIENCE = 60  # seconds, for a process that waits for another one for good
_ENDS, _WAITS = b"e", b"w"


def deaths(act: Act, folder: Path, *, copies: Path) -> list[Path]:
    """Copies of a folder as a process leaves it that is killed at one moment or another.

    Where it has not flushed to the disk what it wrote, there is another one without that, as a
    machine leaves it that loses its power.
    """
    flushed: dict[int, int] = {}

    def keep(moment: int | str) -> None:
        shutil.copytree(folder, copies / f"{moment}", symlinks=True)
        files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
        kept = {path: flushed.get(path.stat().st_ino, path.stat().st_size) for path in files}
        if any(path.stat().st_size > size for path, size in kept.items()):
            dark = shutil.copytree(folder, copies / f"{moment}-dark", symlinks=True)
            for path, size in kept.items():
                os.truncate(dark / path.relative_to(folder), size)

    def child() -> None:
        moments = _Moments(keep, halves=True)
        _follow(flushed)
        moments.begin()
        act(folder)
        moments.end()
        keep("last")

    copies.mkdir()
    _await(_fork(child))
    return [*copies.iterdir()]


def meetings(act: Act, other: Act, folder: Path, *, copies: Path) -> list[Path]:
    """Copies of a folder in which one process stood still at one moment or another.

    Meanwhile another one acted there, until it had ended or waited for a lock. Both ended well.
    """
    (hears, asks), (listens, says) = os.pipe(), os.pipe()

    def second() -> None:
        os.close(asks)
        _say_when_waiting(says)
        while asked := os.read(hears, 1):
            other(copies / f"{asked[0]}")
            os.write(says, _ENDS)

    def first() -> None:
        os.close(says)
        answers: list[bytes] = []
        now = 0

        def meet(moment: int) -> None:
            if moment == now:
                os.write(asks, bytes([now]))
                answers.append(os.read(listens, 1))

        moments = _Moments(meet)
        for now in itertools.count(1):
            answers.clear()
            copy = shutil.copytree(folder, copies / f"{now}", symlinks=True)
            moments.begin()
            act(copy)
            moments.end()
            if not answers:
                shutil.rmtree(copy)
                return
            while answers[-1] == _WAITS:
                answers.append(os.read(listens, 1))
            assert answers[-1] == _ENDS

    copies.mkdir()
    children = [_fork(second), _fork(first)]
    # Whoever reads from a pipe learns that the one at its other end is gone.
    for descriptor in (hears, asks, listens, says):
        os.close(descriptor)
    _await(*children)
    return [*copies.iterdir()]


def _fork(act: Callable[[], None]) -> int:
    with warnings.catch_warnings():
        # Threads that pytest's plugins may have are of no use to the child.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    code = 1
    # To collect would copy all of the parent's memory.
    gc.disable()
    try:
        signal.alarm(_PATIENCE)
        act()
        code = 0
    except BaseException:  # noqa: BLE001 (the tests go on in the parent alone)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _await(*children: int) -> None:
    statuses = [os.waitpid(child, 0)[1] for child in children]
    assert [*map(os.waitstatus_to_exitcode, statuses)] == [0] * len(children)


class _Moments:
    """The moments of what this process does between `begin` and `end`.

    Args:
        reached: Called at each of them with its number, the first of which is 1.
        halves: Whether there is one in the middle of each write.
    """

    def __init__(self, reached: Callable[[int], None], *, halves: bool = False) -> None:
        self._reached = reached
        self._begun = False
        write = os.write

        def in_halves(descriptor: int, content: bytes) -> int:
            self._step()
            half = len(content) // 2 if halves else 0
            written = write(descriptor, content[:half]) if half else 0
            if half:
                self._step()
            return written + write(descriptor, content[half:])

        os.write = in_halves
        # Its files call os.write, those of C do not.
        builtins.open = io.open = _pyio.open
        sys.addaudithook(self._audit)

    def begin(self) -> None:
        self._number, self._begun = 0, True

    def end(self) -> None:
        self._begun = False

    def _audit(self, event: str, arguments: tuple) -> None:
        if event in _OPERATIONS or (event == "open" and _changes(*arguments)):
            self._step()

    def _step(self) -> None:
        if self._begun:
            self._number += 1
            self.end()
            self._reached(self._number)
            self._begun = True


def _changes(path: object, mode: str | None, flags: int) -> bool:
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _follow(flushed: dict[int, int]) -> None:
    """Keep how much of each file that is written, by its inode, is on the disk."""
    write, fsync = os.write, os.fsync

    def followed(descriptor: int, content: bytes) -> int:
        found = os.fstat(descriptor)
        flushed[found.st_ino] = min(flushed.get(found.st_ino, found.st_size), found.st_size)
        return write(descriptor, content)

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        found = os.fstat(descriptor)
        flushed[found.st_ino] = found.st_size

    os.write, os.fsync = followed, noted


def _say_when_waiting(says: int) -> None:
    flock = fcntl.flock

    def telling(descriptor: int, how: int) -> None:
        try:
            flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if how & fcntl.LOCK_NB:
                raise
            os.write(says, _WAITS)
            flock(descriptor, how)

    fcntl.flock = telling
