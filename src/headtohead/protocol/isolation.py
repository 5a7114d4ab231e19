"""What the harness has a project's processes use in place of the servers and files in its settings.

It travels in a file that only its owner may read: addresses of servers hold passwords.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# Names the file in the environment of every process of the project.
VARIABLE = "H2H_ISOLATION"
# Begins the line that a process prints when something was refused to it.
REFUSED = "h2h: refused"


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """What stands in for the project's own servers, and what its processes may do.

    Attributes:
        databases: What replaces entries of each of DATABASES, by alias; None leaves them all as
            they are. An alias that is not named has no database.
        caches: What replaces entries of each of CACHES, by alias; others stay as they are.
        settings: What replaces other settings, by name; such as are not there are added.
        guarded: Whether what follows is all that the project may do, beside the databases.
        writable: Folders in which it may write.
        reachable: Servers that it may connect to, as `host:port`.
    """

    databases: Mapping[str, Mapping[str, Any]] | None = field(default=None, repr=False)
    caches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
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
        tuples = {name: tuple(given[name]) for name in ("writable", "reachable")}
        return cls(**{**given, **tuples})
