"""What the project's processes are told of what they may use: a file for each kind of them."""

import os
import shutil
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from headtohead.host.files import write_whole
from headtohead.protocol.isolation import Isolation, place_of_cache, place_of_database
from headtohead.protocol.project_description import ProjectDescription
from headtohead.services.databases.database import database_of

# Of a stack, in its folder.
ISOLATION_NAME = "isolation.json"
_ASKING = "asking-"
_REVISION = "isolation-"
_TEMPORARY = "tmp"
# Of caches on servers, where their settings name none.
_PORTS = {"redis": 6379, "memcached": 11211}
# Sends nothing to anybody.
_EMAIL = "django.core.mail.backends.dummy.EmailBackend"


def isolate_stack(
    directory: Path, *, database_url: str, cache_url: str, broker_url: str, memcached_url: str
) -> Path:
    """Have a stack's project refuse to run where its settings lead to other servers than these.

    Args:
        directory: The stack's folder.
        database_url: What the project gets as DATABASE_URL, and so on.
        cache_url: Likewise.
        broker_url: Likewise; empty for none.
        memcached_url: Likewise; empty for none.

    Returns:
        The file.
    """
    database = database_of(database_url).django_settings(database_url)
    caches = (each for each in (cache_url, broker_url, memcached_url) if each)
    return _write(
        Isolation(
            own_places=(place_of_database(database), *map(place_of_cache, caches)),
            settings={
                "MEDIA_ROOT": str(directory / "media"),
                "EMAIL_FILE_PATH": str(directory / "mail"),
            },
        ),
        directory / ISOLATION_NAME,
    )


def isolate_question(directory: Path, *, name: str, root: Path) -> Path:
    """Let a project be asked for its settings, and do nothing else.

    Args:
        directory: Folder of h2h's.
        name: Who is asked.
        root: The project's folder, which is h2h's own copy.
    """
    isolation = Isolation(guarded=True, writable=(str(root), str(directory)))
    return _write(isolation, directory / f"{_ASKING}{name}.json")


def isolate_revision(
    directory: Path,
    *,
    name: str,
    root: Path,
    databases: Mapping[str, Mapping[str, Any]],
    caches: Mapping[str, Mapping[str, Any]],
    reachable: tuple[str, ...],
) -> Path:
    """Have a revision use what h2h made for it, and nothing else.

    Args:
        directory: Folder of h2h's.
        name: The side's name.
        root: The revision's folder, which is h2h's own copy.
        databases: What replaces entries of DATABASES, by alias.
        caches: What replaces entries of CACHES, by alias.
        reachable: Servers that it may connect to, as ``host:port``.
    """
    media = directory / name / "media"
    for folder in (media, directory / _TEMPORARY):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    isolation = Isolation(
        databases=databases,
        caches=caches,
        settings={
            "EMAIL_BACKEND": _EMAIL,
            "MEDIA_ROOT": str(media),
            "SECURE_SSL_REDIRECT": False,
        },
        guarded=True,
        writable=(str(root), str(directory)),
        reachable=reachable,
    )
    return _write(isolation, directory / f"{_REVISION}{name}.json")


def with_databases(file: Path, *, name: str, databases: Mapping[str, Mapping[str, Any]]) -> Path:
    """What a revision uses, on other databases of h2h's.

    Args:
        file: What it uses.
        name: What it is for.
        databases: What replaces entries of DATABASES, by alias.
    """
    isolation = Isolation.from_json(file.read_text(encoding="utf-8"))
    return _write(
        replace(isolation, databases=databases), file.with_name(f"{_REVISION}{name}.json")
    )


def isolate_benchmarks(
    directory: Path, *, name: str, root: Path, description: ProjectDescription
) -> Path | None:
    """Keep a revision's own tests from what its settings lead to, and leave them all else.

    Databases of tests have other names than those in the settings, and stay free.

    Args:
        directory: Folder of h2h's.
        name: The side's name.
        root: The revision's folder, which is h2h's own copy.
        description: What its settings lead to.

    Returns:
        The file; None where they lead to nothing outside of its folder.
    """
    databases, caches = description.databases.values(), description.caches.values()
    files = [description.media_root, *(each.name for each in databases if each.vendor == "sqlite")]
    files += [each.location for each in caches if each.kind == "files"]
    forbidden = [
        os.path.realpath(each)
        for each in files
        if Path(each).is_absolute() and not _overlap(Path(each), root)
    ]
    for database in databases:
        if database.vendor not in {"", "sqlite"}:
            place = {"HOST": database.host, "PORT": database.port, "NAME": database.name}
            forbidden.append(place_of_database(place))
    for cache in caches:
        if cache.kind in _PORTS:
            for location in cache.location.split(", "):
                forbidden += _addresses(place_of_cache(location), port=_PORTS[cache.kind])
    if not forbidden:
        return None
    return _write(Isolation(forbidden=tuple(forbidden)), directory / f"{_REVISION}{name}.json")


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _addresses(server: str, *, port: int) -> list[str]:
    """A server as it is connected to: every address of its name."""
    host, _, given = server.rpartition(":") if ":" in server else (server, "", "")
    try:
        found = socket.getaddrinfo(host, int(given or port), type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return []  # nor can the tests
    return [":".join(map(str, address[:2])) for *_, address in found]


def remove_isolations(directory: Path) -> None:
    """Remove the files of all sides with the folders that these wrote into."""
    for kind in (_ASKING, _REVISION):
        for file in directory.glob(f"{kind}*.json"):
            shutil.rmtree(directory / file.stem.removeprefix(kind), ignore_errors=True)
            file.unlink()
    shutil.rmtree(directory / _TEMPORARY, ignore_errors=True)


def _write(isolation: Isolation, file: Path) -> Path:
    # Addresses hold passwords.
    write_whole(isolation.to_json(), file, private=True)
    return file
