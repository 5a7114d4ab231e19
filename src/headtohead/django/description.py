"""Run in a project's interpreter: it says where its settings lead, and nothing else of it runs.

`manage.py` prepares paths and variables, if there is one, up to the moment when it would carry out
a command. Settings are read; no app is loaded, so no app's own code runs.
"""

import contextlib
import importlib
import importlib.metadata
import os
import pkgutil
import platform
import runpy
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core import management

from headtohead.protocol.project_description import (
    ASGI_SERVERS,
    WSGI_SERVERS,
    CacheSettings,
    DatabaseSettings,
    ProjectDescription,
)

_THROTTLES = ("DEFAULT_THROTTLE_CLASSES", "DEFAULT_THROTTLE_RATES")
_FIXTURES = (".json", ".jsonl", ".xml", ".yaml", ".yml")
# Kinds of caches by words in the names of their classes and of those that they inherit from.
_KINDS = {
    "redis": "redis",
    "memcached": "memcached",
    "pymemcache": "memcached",
    "pylibmc": "memcached",
    "filebased": "files",
    "databasecache": "database",
    "locmem": "memory",
    "dummy": "none",
}


def main() -> None:
    """Print the description; the command's argument is the path of `manage.py`, or empty."""
    manage = sys.argv[1]
    if manage:
        prepare(manage)
    print(describe().to_line())  # noqa: T201 (that is the answer)


def prepare(manage: str) -> None:
    """Let a `manage.py` prepare paths and variables, but carry out nothing."""

    def carry_out(*_: Any, **__: Any) -> None:
        raise _PreparedError

    management.execute_from_command_line = carry_out
    management.ManagementUtility.execute = carry_out  # type: ignore[method-assign]
    sys.argv = [manage, "check"]
    sys.path.insert(0, str(Path(manage).resolve().parent))
    with contextlib.suppress(_PreparedError):
        runpy.run_path(manage, run_name="__main__")


class _PreparedError(BaseException):
    """`manage.py` is about to carry out its command."""


def describe() -> ProjectDescription:
    """What the project's settings say."""

    def setting(name: str, default: Any = None) -> Any:
        return getattr(settings, name, default)

    rest_framework = setting("REST_FRAMEWORK", {}) or {}
    apps = tuple(str(each) for each in setting("INSTALLED_APPS", ()))
    return ProjectDescription(
        python=platform.python_version(),
        django=django.get_version(),
        settings_module=os.environ.get("DJANGO_SETTINGS_MODULE", ""),
        databases={alias: _database(each) for alias, each in setting("DATABASES", {}).items()},
        caches={alias: _cache(each) for alias, each in setting("CACHES", {}).items()},
        wsgi=_application(setting("WSGI_APPLICATION")),
        asgi=_application(setting("ASGI_APPLICATION")),
        debug=bool(setting("DEBUG")),
        media_root=_absolute(setting("MEDIA_ROOT", "")),
        middleware=tuple(str(each) for each in setting("MIDDLEWARE", ())),
        apps=apps,
        ssl_redirect=bool(setting("SECURE_SSL_REDIRECT")),
        throttled=any(rest_framework.get(each) for each in _THROTTLES),
        allowed_hosts=tuple(str(each) for each in setting("ALLOWED_HOSTS", ())),
        commands=tuple(sorted({name for app in apps for name in _commands(app)})),
        fixtures=_fixtures(apps, setting("FIXTURE_DIRS", ())),
        broker=str(setting("CELERY_BROKER_URL") or setting("BROKER_URL") or "").partition(":")[0],
        servers=tuple(each for each in (*ASGI_SERVERS, *WSGI_SERVERS) if _is_installed(each)),
        asgi_worker=_is_found("gunicorn.workers.gasgi"),
    )


def _database(given: dict[str, Any]) -> DatabaseSettings:
    engine = str(given.get("ENGINE", ""))
    vendor = _vendor(engine)
    name = str(given.get("NAME") or "")
    options = given.get("OPTIONS") or {}
    return DatabaseSettings(
        engine=engine,
        vendor=vendor,
        name=_absolute(name) if vendor == "sqlite" else name,
        host=str(given.get("HOST") or options.get("host") or ""),
        port=str(given.get("PORT") or options.get("port") or ""),
        user=str(given.get("USER") or ""),
        password=str(given.get("PASSWORD") or ""),
        mirrors=str((given.get("TEST") or {}).get("MIRROR") or ""),
    )


def _vendor(engine: str) -> str:
    try:
        wrapper = importlib.import_module(f"{engine}.base").DatabaseWrapper
    except Exception:  # noqa: BLE001 (whatever the project lacks or its backend raises)
        return ""
    return str(getattr(wrapper, "vendor", ""))


def _cache(given: dict[str, Any]) -> CacheSettings:
    backend = str(given.get("BACKEND", ""))
    location = given.get("LOCATION", "")
    return CacheSettings(
        backend=backend,
        kind=cache_kind(backend),
        location=", ".join(map(str, location)) if isinstance(location, list) else str(location),
    )


def cache_kind(backend: str) -> str:
    """The kind of a cache, as `CacheSettings.kind` lists them.

    Args:
        backend: Dotted name of its class.
    """
    module, _, name = backend.rpartition(".")
    try:
        bases = getattr(importlib.import_module(module), name).__mro__
    except Exception:  # noqa: BLE001 (whatever the project lacks or its backend raises)
        bases = ()
    names = [backend, *(f"{each.__module__}.{each.__name__}" for each in bases)]
    for each in names:
        for word, kind in _KINDS.items():
            if word in each.lower():
                return kind
    return "unknown"


def _application(given: Any) -> str:
    module, _, name = str(given or "").rpartition(".")
    return f"{module}:{name}" if module else ""


def _is_installed(package: str) -> bool:
    # Not by importing: h2h's own gunicorn would be found as well.
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _is_found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:
        return False


def _absolute(given: Any) -> str:
    text = os.fspath(given) if given else ""
    special = text.startswith((":", "file:"))
    return str(Path(text).absolute()) if text and not special else text


def _commands(app: str) -> list[str]:
    """Names of an app's management commands, of which none is imported."""
    folders = _folders(app, "management", "commands")
    return [each.name for each in pkgutil.iter_modules(folders) if not each.name.startswith("_")]


def _fixtures(apps: Iterable[str], folders: Iterable[Any]) -> tuple[str, ...]:
    """Paths of fixtures as `loaddata` finds them."""
    places = [*(place for app in apps for place in _folders(app, "fixtures")), *folders]
    found = (file for place in places for file in sorted(Path(place).absolute().glob("*.*")))
    return tuple(dict.fromkeys(str(each) for each in found if each.suffix in _FIXTURES))


def _folders(app: str, *below: str) -> list[str]:
    """Folders of that name within an app that is not Django's own, which is not imported."""
    module, _, last = app.rpartition(".")
    package = module.rpartition(".")[0] if last[:1].isupper() else app
    if package.startswith("django."):
        return []
    try:
        found = find_spec(package)
    except (ImportError, ValueError):
        return []
    places = found.submodule_search_locations if found else None
    return [str(Path(each, *below)) for each in places or ()]
