"""Keeps a project away from every database, cache, file and server that h2h did not make for it.

Its settings lead to what h2h made instead, however it comes by them. What gets around the settings
is refused where Python does it: files, SQLite and connections by an audit hook (PEP 578), databases
by what Django says of a new connection. A library that connects in C, without Django, is not seen.
"""

import os
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from headtohead.protocol.isolation import (
    REFUSED,
    STRANGERS,
    VARIABLE,
    Isolation,
    place_of_cache,
    place_of_database,
)
from headtohead.protocol.project_description import DEBUG_TOOLBAR

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Devices and the process' own description: nothing that lasts.
_ALWAYS_WRITABLE = ("/dev", "/proc")
# Options of a database that say how its server is reached, beside those about TLS.
_REACHING = frozenset(
    {"database", "dbname", "host", "hostaddr", "passfile", "password", "port", "service", "user"}
)
# Words in the names of caches that are kept outside of the process.
_OUTSIDE = ("redis", "valkey", "memcached", "pymemcache", "pylibmc", "filebased")
_STATIC_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
_DUMMY = "django.db.backends.dummy"


def after_django_conf(module: ModuleType) -> None:
    """Have the settings of this process lead to what h2h made, and refuse everything else.

    Args:
        module: `django.conf`, which is being imported.
    """
    isolation = Isolation.from_json(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))
    if isolation.guarded:
        sys.addaudithook(Guard(isolation))

    def replacing(original: Callable[..., None]) -> Callable[..., None]:
        @wraps(original)
        def load(lazy: Any, *arguments: Any, **named: Any) -> None:
            original(lazy, *arguments, **named)
            unread = lazy._wrapped
            # Whoever catches an error in here goes on without settings rather than with these.
            lazy._wrapped = module.empty
            replace_settings(unread, isolation)
            lazy._wrapped = unread

        return load

    lazy = module.LazySettings
    for name in ("_setup", "configure"):
        setattr(lazy, name, replacing(getattr(lazy, name)))


def after_rest_framework(module: ModuleType) -> None:
    """Have no view turn requests away for their number, whoever says how many there may be.

    Args:
        module: `rest_framework.views`, which is being imported.
    """
    isolation = Isolation.from_json(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))
    if isolation.databases is not None:
        module.APIView.check_throttles = lambda _view, _request: None


def replace_settings(settings: Any, isolation: Isolation) -> None:
    """Replace what leads to servers and files in a project's settings.

    Args:
        settings: What holds them once they are read.
        isolation: What is to be in their place.
    """
    if isolation.databases is not None:
        databases = isolation.databases
        settings.DATABASES = {
            alias: _on(own, databases[alias]) if alias in databases else {"ENGINE": _DUMMY}
            for alias, own in settings.DATABASES.items()
        }
    settings.CACHES = {
        alias: {**own, **isolation.caches.get(alias, {})} for alias, own in settings.CACHES.items()
    }
    for name, value in isolation.settings.items():
        own = getattr(settings, name, None)
        setattr(settings, name, Path(value) if isinstance(own, Path) else value)
    if isolation.databases is not None:
        _serve_here(settings)
    if isolation.own_places is not None:
        _require_own(settings, places=isolation.own_places)
    if isolation.guarded:
        _watch_connections(isolation)


def _require_own(settings: Any, *, places: tuple[str, ...]) -> None:
    """End this process before anything is written, where its settings lead anywhere else."""
    for alias, entry in settings.DATABASES.items():
        place = place_of_database(entry)
        if entry.get("ENGINE", _DUMMY) != _DUMMY and place not in places:
            raise _stranger(f"DATABASES[{alias!r}] leads to {place}")
    for alias, entry in settings.CACHES.items():
        backend = str(entry.get("BACKEND", "")).lower()
        given = entry.get("LOCATION", "")
        if any(word in backend for word in _OUTSIDE):
            for location in given if isinstance(given, (list, tuple)) else [given]:
                if place_of_cache(str(location)) not in places:
                    raise _stranger(f"CACHES[{alias!r}] leads to {place_of_cache(str(location))}")


def _stranger(problem: str) -> SystemExit:
    # No exception of Django's: manage.py catches those of settings, and goes on.
    return SystemExit(f"h2h: {problem}, and {STRANGERS}")


def _serve_here(settings: Any) -> None:
    """Let the project answer on this machine, as fast as it does where it is deployed."""
    # As Django has it with DEBUG, where a tenant may be below localhost.
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "127.0.0.1", ".localhost"]
    if settings.DEBUG:
        # It keeps every statement.
        settings.DEBUG = False
        # Other storages want files that nobody has collected.
        settings.STORAGES = {**getattr(settings, "STORAGES", {}), "staticfiles": _STATIC_FILES}
    # It may be shown without DEBUG, and takes longer than what is measured.
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if DEBUG_TOOLBAR not in each]
    for name in ("CELERY_BROKER_URL", "BROKER_URL"):
        if getattr(settings, name, None):
            # Tasks of these requests are nobody's.
            setattr(settings, name, "memory://")


def _on(own: dict[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """A project's database with another server, without options that say how to reach its own."""
    options = {
        name: value
        for name, value in own.get("OPTIONS", {}).items()
        if name not in _REACHING and not name.startswith("ssl")
    }
    return {**own, "OPTIONS": options, **ours}


def _watch_connections(isolation: Isolation) -> None:
    # Settings are often read while django.db is imported.
    from django.db.backends.signals import connection_created  # noqa: PLC0415

    places = {place_of_database(given) for given in (isolation.databases or {}).values()}

    def require_own(*, connection: Any, **_: Any) -> None:
        place = place_of_database(connection.settings_dict)
        if place in places or connection.vendor == "sqlite":
            return  # files are the audit hook's
        connection.close()
        raise _refusal(f"database {place}")

    connection_created.connect(require_own, weak=False, dispatch_uid="headtohead-isolation")


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
                raise _refusal(f"connection to {path!r}")
        elif isinstance(address, tuple) and f"{address[0]}:{address[1]}" not in self._reachable:
            raise _refusal(f"connection to {address[0]}:{address[1]}")

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
        if not self._is_writable(name):
            raise _refusal(f"writing {os.path.join(os.path.abspath(name), *shown)}")  # noqa: PTH100, PTH118

    def _is_writable(self, name: str) -> bool:
        real = os.path.realpath(name)
        return any(real == each or real.startswith(each + os.sep) for each in self._folders)


def _within(path: Any, folder: int) -> Any:
    """A path that may be relative to an open folder; -1 stands for none."""
    if isinstance(path, int) or folder < 0:
        return path if isinstance(path, int) else os.fsdecode(path)
    return os.path.join(os.readlink(f"/proc/self/fd/{folder}"), os.fsdecode(path))  # noqa: PTH115, PTH118


def _refusal(what: str) -> PermissionError:
    print(f"{REFUSED}: {what}", file=sys.stderr, flush=True)  # noqa: T201 (into the server's log)
    return PermissionError(f"h2h refuses: {what}; h2h did not make it for this project")
