"""Refuses what a project does around its settings to what h2h did not make, where Python does it.

An audit hook (PEP 578) is told of files, SQLite, connections and programs that are started. What a
program does that is no Python is not seen: clients of databases are refused, any other is told of.
"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from pathlib import Path
from typing import Any

from headtohead.protocol.isolation import REFUSED, REMARK, VARIABLE, Isolation, stray_client

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Devices and the process' own description: nothing that lasts.
_ALWAYS_WRITABLE = ("/dev", "/proc")
_COMPILED = "__pycache__"
# What Python's own library runs to look at the machine, and projects to look at their version.
_LOOKING = frozenset({"cc", "gcc", "git", "ifconfig", "ip", "ld", "ldconfig", "objdump", "uname"})
# A Python with one of these does not look at PYTHONPATH, or runs nothing that it finds there.
_ALONE = (["-E"], ["-I"], ["-S"])


@cache
def begin() -> Isolation:
    """Guard this process from now on, if it is to be; what it is to use."""
    isolation = Isolation.from_json(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))
    if isolation.guarded or isolation.forbidden:
        _name_files_whole()
        sys.addaudithook(Guard(isolation))
    return isolation


class Guard:
    """An audit hook that refuses to write, and to connect, where h2h did not say so.

    Args:
        isolation: What is allowed.
    """

    def __init__(self, isolation: Isolation) -> None:
        self._folders = tuple(
            os.path.realpath(each) for each in (*isolation.writable, *_ALWAYS_WRITABLE)
        )
        self._reachable = frozenset(isolation.reachable)
        self._forbidden = None if isolation.guarded else frozenset(isolation.forbidden)
        self._own = isolation.own_words()
        self._told: set[str] = set()
        # What is called for an event gets the event's arguments.
        self._checks: dict[str, Callable[..., None]] = {
            "open": self._open,
            "sqlite3.connect": self._sqlite,
            "socket.connect": self._connect,
            "socket.sendto": self._connect,
            "os.truncate": lambda path, _length: self._require_writable(path),
            "os.chmod": self._change,
            "os.chown": self._change,
            "os.utime": self._change,
            "os.mkdir": self._name,
            "os.remove": self._name,
            "os.rmdir": self._name,
            "os.symlink": lambda _source, *target: self._name(*target),
            "os.link": self._two_names,
            "os.rename": self._two_names,
            "os.setxattr": lambda path, *_: self._require_writable(path),
            "os.removexattr": lambda path, *_: self._require_writable(path),
            "subprocess.Popen": lambda _program, words, _folder, given: self._start(words, given),
            "os.exec": lambda _program, words, given: self._start(words, given),
            "os.posix_spawn": lambda _program, words, given: self._start(words, given),
            "os.system": lambda command: self._start(["sh", "-c", command], None),
        }

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """See to one event."""
        check = self._checks.get(event)
        if check is not None:
            check(*arguments)

    def _open(self, path: Any, _mode: Any, flags: int) -> None:
        if flags & _WRITING:
            self._require_writable(path)

    def _sqlite(self, database: Any) -> None:
        name = os.fsdecode(database) if isinstance(database, (bytes, os.PathLike)) else database
        if name.startswith("file:"):
            name, _, options = name.removeprefix("file:").partition("?")
            if "mode=memory" in options or "mode=ro" in options or "immutable=1" in options:
                return
            if name.startswith("//"):
                name = "/" + name.removeprefix("//").partition("/")[2]
        if name not in {"", ":memory:"}:
            self._require_writable(name)

    def _connect(self, _socket: Any, address: Any) -> None:
        if isinstance(address, (str, bytes)):
            path = os.fsdecode(address)
            # A name that begins with a null byte lies in no folder.
            if path.startswith("\0") or not self._is_writable(path):
                raise refusal(f"connection to {path!r}")
        elif isinstance(address, tuple):
            server = f"{address[0]}:{address[1]}"
            free = self._reachable if self._forbidden is None else {server} - self._forbidden
            if server not in free:
                raise refusal(f"connection to {server}")

    def _start(self, words: Sequence[Any], given: Any) -> None:
        """Refuse a client of somebody's databases; tell of any other program that is no Python."""
        command = [os.fsdecode(each) for each in words]
        variables: Mapping[str, str] = os.environ
        if given is not None:
            variables = {os.fsdecode(key): os.fsdecode(each) for key, each in given.items()}
        if self._forbidden is not None:
            return
        client = stray_client(command, environment=variables, own=self._own)
        if client:
            raise refusal(f"running {client}, which may write into what h2h did not make")
        name = os.path.basename(command[0])  # noqa: PTH119 (quick)
        watched = VARIABLE in variables and command[1:2] not in _ALONE and _is_python(command[0])
        if not watched and name not in _LOOKING | self._told:
            self._told.add(name)
            _tell(f"{REMARK}{name} is run, and h2h does not see what it writes")

    def _change(self, path: Any, *others: Any) -> None:
        self._require_writable(_within(path, others[-1]))

    def _name(self, path: Any, *others: Any) -> None:
        # A link that is made or removed stands for itself.
        folder, name = os.path.split(_within(path, others[-1]))
        self._require_writable(folder or os.curdir, shown=(name,))

    def _two_names(self, source: Any, target: Any, from_folder: int, to_folder: int) -> None:
        self._name(source, from_folder)
        self._name(target, to_folder)

    def _require_writable(self, path: Any, *, shown: tuple[str, ...] = ()) -> None:
        if isinstance(path, int) or path is None:
            return  # it was opened before, and looked at then
        name = os.fsdecode(path)
        if self._is_writable(name):
            return
        whole = os.path.join(os.path.abspath(name), *shown)  # noqa: PTH100, PTH118
        if _COMPILED in whole:
            raise PermissionError(whole)  # Python goes on without, and nobody misses it
        raise refusal(f"writing {whole}")

    def _is_writable(self, name: str) -> bool:
        real = os.path.realpath(name)
        folders = self._folders if self._forbidden is None else self._forbidden
        within = any(real == each or real.startswith(each + os.sep) for each in folders)
        return within is (self._forbidden is None)


def _within(path: Any, folder: int) -> Any:
    """A path that may be relative to an open folder; -1 stands for none."""
    if isinstance(path, int) or folder < 0:
        return path if isinstance(path, int) else os.fsdecode(path)
    return os.path.join(os.readlink(f"/proc/self/fd/{folder}"), os.fsdecode(path))  # noqa: PTH115, PTH118


def refusal(what: str) -> PermissionError:
    """The error of whoever does what is refused; it is told, too, because it may be caught."""
    _tell(f"{REFUSED}: {what}")
    return PermissionError(f"h2h refuses: {what}; h2h did not make it for this project")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 (into the server's log)


def _is_python(program: str) -> bool:
    """Whether it is an interpreter, or a script that one runs."""
    found = shutil.which(program)
    if found is None:
        return False
    if os.path.basename(found).startswith(("python", "pypy")):  # noqa: PTH119 (quick)
        return True
    with open(found, "rb") as file:  # noqa: PTH123 (quick)
        begin = file.readline(256)
    return begin.startswith(b"#!") and b"python" in begin


def _name_files_whole() -> None:
    """Have `os.open` name files whole that it opens in a folder for writing.

    The event has no folder, so that a path in it could be anywhere.
    """
    plain = os.open

    @wraps(plain)
    def open_there(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if dir_fd is None or not flags & _WRITING:
            return plain(path, flags, mode, dir_fd=dir_fd)
        return plain(_within(path, dir_fd), flags, mode)

    os.open = open_there
    os.supports_dir_fd.add(open_there)
