"""A stack's folder, and what a stack leaves in it: processes, addresses, secrets."""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import psutil

from headtohead.errors import StackError
from headtohead.host import processes
from headtohead.host.files import prepare_folder, write_whole
from headtohead.records.encoding import decode
from headtohead.records.store import to_json
from headtohead.services.gunicorn import healthy
from headtohead.services.running_server import RunningServer, Watched
from headtohead.services.valkey import cache_beside
from headtohead.stack.settings import StackSettings


@dataclass(frozen=True, kw_only=True)
class RunningStack:
    """Servers that answer, and how to reach them.

    Attributes:
        api_url: Address of the API, without a slash at the end.
        database_url: What the API got as DATABASE_URL.
        cache_url: What the API got as CACHE_URL.
        token: Authorises a request to have itself explained.
        rows: Rows of the main table, as the project's `seed --count` reports them.
        servers: The database, the cache and the API, in the order they are started, and then what
            belongs to services and what watches them.
        broker_url: What the API got as BROKER_URL; empty without Celery.
        memcached_url: What it got as MEMCACHED_URL, as `host:port`; empty without memcached.
        directory: The stack's folder.
        watched: How they are watched; None where they are not.
    """

    api_url: str
    database_url: str = field(repr=False)
    cache_url: str = field(repr=False)
    token: str = field(repr=False)
    rows: int
    servers: tuple[RunningServer, ...]
    broker_url: str = field(repr=False)
    memcached_url: str
    directory: Path
    watched: Watched | None = None

    @property
    def database(self) -> RunningServer:
        """The server that it asks for rows."""
        return self.servers[0]


STATE_NAME = "state.json"
# Names the process that a stack is up for; there is none where it is up until `h2h down`.
_HOLDER = "holder"
_DATABASES = "databases.json"


def scratch_directory(directory: Path) -> Path:
    """The folder of the stack that is set up beside the one in `directory`."""
    return directory / "scratch"


@dataclass(frozen=True, kw_only=True)
class MadeDatabase:
    """A database that h2h makes for a while.

    Attributes:
        server: The URL of another one on its server.
        name: Its name there.
    """

    server: str = field(repr=False)
    name: str


@dataclass(frozen=True, kw_only=True)
class State:
    """A stack that came up.

    Attributes:
        stack: What callers are given.
        launch: What the API was started with; another launch is another API.
        created: Start of each server's main process by name, as `processes.started_at` gives it.
        secrets: What the project was told as secrets, by the variable's name.
    """

    stack: RunningStack
    launch: StackSettings
    created: Mapping[str, float]
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def port(self) -> int:
        """The port of the API."""
        return int(self.stack.api_url.rpartition(":")[2])

    def serves(self, settings: StackSettings) -> bool:
        """Whether it is what the settings ask for."""
        return (
            self.launch == self.with_services(settings).as_launched()
            and settings.port in {0, self.port}
            and (self.stack.watched is not None or not settings.prometheus)
        )

    def with_services(self, settings: StackSettings) -> StackSettings:
        """The settings, with the services too that the stack has already."""
        services = dict.fromkeys((*self.launch.services, *settings.services))
        return replace(settings, services=tuple(services))

    def is_up(self) -> bool:
        """Whether each of its own servers is alive and the API says that it is healthy."""
        own = [server for server in self.stack.servers if server.pid is not None]
        return len(self.processes()) == len(own) and healthy(self.port, path=self.launch.health)

    def processes(self) -> dict[str, psutil.Process]:
        """The live main processes of its own servers, by name."""
        found = {
            server.name: processes.recorded(server.pid, created=self.created[server.name])
            for server in self.stack.servers
            if server.pid is not None
        }
        return {name: process for name, process in found.items() if process is not None}


def read_state(directory: Path) -> State | None:
    """The state left in a stack's folder; None when there is none that can be understood."""
    try:
        return decode((directory / STATE_NAME).read_bytes(), State)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def write_state(state: State, directory: Path) -> None:
    """Leave the state in a stack's folder, readable by its owner alone."""
    write_whole(to_json(state), directory / STATE_NAME, private=True)


def remove_state(directory: Path) -> None:
    """Forget a stack that is no more."""
    (directory / STATE_NAME).unlink(missing_ok=True)
    let_stay(directory)


def hold(directory: Path) -> None:
    """Note that what is in a stack's folder ends with this process."""
    write_whole(processes.mark(os.getpid()), directory / _HOLDER)


def let_stay(directory: Path) -> None:
    """Note that it ends with nobody."""
    (directory / _HOLDER).unlink(missing_ok=True)


def is_held(directory: Path) -> bool:
    """Whether what is in a stack's folder ends with this process."""
    return _holder(directory) == processes.mark(os.getpid())


def is_left_behind(directory: Path) -> bool:
    """Whether it was to end with a process that is no more."""
    holder = _holder(directory)
    return holder is not None and processes.marked(holder) is None


def _holder(directory: Path) -> str | None:
    try:
        return (directory / _HOLDER).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def note_databases(databases: Sequence[MadeDatabase], directory: Path) -> None:
    """Note databases that end with this process, before they are made."""
    # They hold passwords.
    write_whole(to_json(databases), directory / _DATABASES, private=True)


def noted_databases(directory: Path) -> tuple[MadeDatabase, ...]:
    """What was noted last."""
    try:
        return decode((directory / _DATABASES).read_bytes(), tuple[MadeDatabase, ...])
    except (FileNotFoundError, msgspec.MsgspecError):
        return ()


def forget_databases(directory: Path) -> None:
    """They are dropped."""
    (directory / _DATABASES).unlink(missing_ok=True)


def valkey_url(state: State | None) -> str | None:
    """Where the embedded Valkey was, as the cache; None when there was none."""
    if state is None:
        return None
    if state.launch.cache_url is None:
        return state.stack.cache_url
    if state.stack.broker_url and state.launch.broker_url is None:
        return cache_beside(state.stack.broker_url)
    return None


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
            fix="fix that, or set `stack` in [tool.headtohead] to a folder of your own",
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
