"""Keeps a project away from every database, cache, file and server that h2h did not make for it.

Its settings lead to what h2h made instead, however it comes by them. What gets around the settings
is refused where it can be seen: files, SQLite, connections and programs by a guard, databases by
what Django says of a new connection. A library that connects in C, without Django, is not seen.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from headtohead.django.guard import begin, refusal
from headtohead.protocol.isolation import (
    STRANGERS,
    Isolation,
    place_of_cache,
    place_of_database,
)
from headtohead.protocol.project_description import DEBUG_TOOLBAR

# Options of a database that say how its server is reached, beside those about TLS.
_REACHING = frozenset(
    {"database", "dbname", "host", "hostaddr", "passfile", "password", "port", "service", "user"}
)
# Words in the names of caches that are kept outside of the process.
_OUTSIDE = ("redis", "valkey", "memcached", "pymemcache", "pylibmc", "filebased")
_BROKERS = ("CELERY_BROKER_URL", "BROKER_URL")
# Packages of storages on servers.
_ELSEWHERE = ("storages.",)
_STATIC_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
_DUMMY = "django.db.backends.dummy"


def after_django_conf(module: ModuleType) -> None:
    """Have the settings of this process lead to what h2h made, and refuse everything else.

    Args:
        module: `django.conf`, which is being imported.
    """
    isolation = begin()

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
    if begin().databases is not None:
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
    if "MEDIA_ROOT" in isolation.settings:
        _keep_files_here(settings)
    if isolation.databases is not None:
        _serve_here(settings)
    if isolation.own_places is not None:
        _require_own(settings, places=isolation.own_places)
    if isolation.guarded or isolation.forbidden:
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
        for location in map(str, given if isinstance(given, (list, tuple)) else [given]):
            # Not every class of its own says in its name what it inherits from.
            named = "/" in location and "locmem" not in backend
            outside = named or any(word in backend for word in _OUTSIDE)
            if outside and place_of_cache(location) not in places:
                raise _stranger(f"CACHES[{alias!r}] leads to {place_of_cache(location)}")
    for name in _BROKERS:
        broker = str(getattr(settings, name, None) or "memory://")
        if not broker.startswith("memory:") and place_of_cache(broker) not in places:
            raise _stranger(f"{name} leads to {place_of_cache(broker)}")
    for alias, entry in _storages(settings):
        if str(entry.get("BACKEND", "")).startswith(_ELSEWHERE):
            raise _stranger(f"STORAGES[{alias!r}] is {entry['BACKEND']}")


def _storages(settings: Any) -> list[tuple[str, dict[str, Any]]]:
    """The storages of a project's own files, by alias."""
    found = {"default": {"BACKEND": getattr(settings, "DEFAULT_FILE_STORAGE", None) or ""}}
    found |= getattr(settings, "STORAGES", {})
    return [(alias, entry) for alias, entry in found.items() if alias != "staticfiles"]


def _keep_files_here(settings: Any) -> None:
    """Have storages that name a folder of their own use one within MEDIA_ROOT."""
    storages = dict(getattr(settings, "STORAGES", {}))
    for alias, entry in _storages(settings):
        options = entry.get("OPTIONS") or {}
        if "location" in options:
            here = {"location": str(Path(settings.MEDIA_ROOT) / alias)}
            storages[alias] = {**entry, "OPTIONS": {**options, **here}}
            settings.STORAGES = storages


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
    for name in _BROKERS:
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
        own = place in places if isolation.guarded else place not in isolation.forbidden
        if own or connection.vendor == "sqlite":
            return  # files are the audit hook's
        connection.close()
        raise refusal(f"database {place}")

    connection_created.connect(require_own, weak=False, dispatch_uid="headtohead-isolation")
