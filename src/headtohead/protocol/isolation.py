"""What the harness has a project's processes use in place of the servers and files in its settings.

It travels in a file that only its owner may read: addresses of servers hold passwords.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# Names the file in the environment of every process of the project.
VARIABLE = "H2H_ISOLATION"
# Stands in the error of a process whose settings lead to what h2h did not make.
STRANGERS = "h2h did not make it"
# Begins whatever h2h's part of a process prints, and so what it prints when it refuses something.
REMARK = "h2h: "
REFUSED = f"{REMARK}refused"


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """What stands in for the project's own servers, and what its processes may do.

    Attributes:
        databases: What replaces entries of each of DATABASES, by alias; None leaves them all as
            they are. An alias that is not named has no database.
        caches: What replaces entries of each of CACHES, by alias; others stay as they are.
        settings: What replaces other settings, by name; such as are not there are added.
        own_places: Where every database and cache has to be whose entry is not replaced, as
            `place_of_database` and `place_of_cache` say it; None where they may be anywhere.
        guarded: Whether what follows is all that the project may do, beside the databases.
        writable: Folders in which it may write.
        reachable: Servers that it may connect to, as `host:port`.
    """

    databases: Mapping[str, Mapping[str, Any]] | None = field(default=None, repr=False)
    caches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    own_places: tuple[str, ...] | None = None
    guarded: bool = False
    writable: tuple[str, ...] = ()
    reachable: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The text of the file."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Isolation":
        """Read the file's text."""
        given = json.loads(text)
        for name in ("own_places", "writable", "reachable"):
            given[name] = None if given[name] is None else tuple(given[name])
        return cls(**given)


def place_of_database(entry: Mapping[str, Any]) -> str:
    """Where an entry of DATABASES leads to: its server and its name there."""
    options = entry.get("OPTIONS") or {}
    host = entry.get("HOST") or options.get("host") or "localhost"
    port = entry.get("PORT") or options.get("port") or ""
    return f"{host}:{port}/{entry.get('NAME', '')}"


def place_of_cache(location: str) -> str:
    """Where a LOCATION leads to: its server, whoever asks for which of its databases."""
    address = location.partition("://")[2] or location
    return address.rpartition("@")[2].partition("/")[0] or address
