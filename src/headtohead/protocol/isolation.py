"""What the harness has a project's processes use in place of the servers and files in its settings.

It travels in a file that only its owner may read: addresses of servers hold passwords.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from string import Template
from typing import Any

# Names the file in the environment of every process of the project.
VARIABLE = "H2H_ISOLATION"
# Stands in the error of a process whose settings lead to what h2h did not make.
STRANGERS = "h2h did not make it"
# Begins whatever h2h's part of a process prints, and so what it prints when it refuses something.
REMARK = "h2h: "
REFUSED = f"{REMARK}refused"
# Clients of databases and caches: what they write is seen by nobody.
_CLIENTS = frozenset(
    {
        *("createdb", "dropdb", "mariadb", "mongosh", "mysql", "pg_restore", "psql"),
        *("redis-cli", "sqlite3", "valkey-cli"),
    }
)
# Programs that run others.
_STARTERS = frozenset({"bash", "dash", "env", "nice", "nohup", "sh", "sudo", "timeout", "xargs"})
_BETWEEN_WORDS = re.compile(r"""[\s;|&()<>'"`]+""")


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
        forbidden: All that it may not do, where it is not guarded: folders and files in which it
            may not write, servers as `host:port`, and databases as `place_of_database` says it.
    """

    databases: Mapping[str, Mapping[str, Any]] | None = field(default=None, repr=False)
    caches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    own_places: tuple[str, ...] | None = None
    guarded: bool = False
    writable: tuple[str, ...] = ()
    reachable: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()

    def own_words(self) -> frozenset[str]:
        """What a command names where it asks a database or a server of h2h's: names and ports."""
        names = {str(each["NAME"]) for each in (self.databases or {}).values() if each.get("NAME")}
        return frozenset({*names, *(each.rpartition(":")[2] for each in self.reachable)})

    def to_json(self) -> str:
        """The text of the file."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Isolation":
        """Read the file's text."""
        given = json.loads(text)
        for name in ("own_places", "writable", "reachable", "forbidden"):
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


def stray_client(
    words: Sequence[str], *, environment: Mapping[str, str], own: Collection[str]
) -> str:
    """A client of databases that a command runs, on none of h2h's; empty for none.

    Args:
        words: The command.
        environment: Its variables, which a shell would put into it.
        own: What stands in the command where it asks what h2h made.
    """
    named = words[:1]
    if PurePath(words[0]).name in _STARTERS:
        named = [each for word in words for each in _BETWEEN_WORDS.split(word)]
    told = [Template(each).safe_substitute(environment) for each in words]
    if any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", word) for each in own for word in told):
        return ""
    return next((name for each in named if (name := PurePath(each).name) in _CLIENTS), "")
