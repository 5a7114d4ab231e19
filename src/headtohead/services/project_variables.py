"""The variables by which a project learns of its servers, of its secrets, and of h2h."""

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import headtohead
from headtohead.protocol.headers import INSTRUMENT_VARIABLE

# Not H2H_STACK, which a user may set: h2h itself would then look like a server of that stack.
STACK_VARIABLE = "H2H_SERVED_BY"

# Stands in a variable's value for a secret of its own, which stays while the stack lives.
SECRET = "{secret}"  # noqa: S105 (a placeholder)

# The variables that say where a project's servers are.
ADDRESSES = ("DATABASE_URL", "CACHE_URL", "BROKER_URL", "MEMCACHED_URL")


@dataclass(frozen=True, kw_only=True)
class ProjectVariable:
    """A variable of the environment that a project wants beside the addresses of its servers.

    Attributes:
        name: Its name.
        value: Its value, in which `SECRET` stands for a secret.
        only_embedded: Whether it is for databases of ours alone, whose rows are made up. Then the
            environment of whoever starts the stack comes first.
    """

    name: str
    value: str
    only_embedded: bool = False


def secrets_of(variables: Iterable[ProjectVariable]) -> dict[str, str]:
    """A new secret for each variable that has one, by its name."""
    return {each.name: secrets.token_urlsafe(48) for each in variables if SECRET in each.value}


def instrumented(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a process of the project that has h2h's server side in it.

    Nothing is installed in the project, and nothing else of h2h's environment is found there but
    gunicorn, where the project has none.

    Args:
        variables: Those of the process without it.
    """
    package = Path(headtohead.__file__).parent
    # Found without importing it, which takes long.
    server = find_spec("gunicorn")
    beside = [str(Path(server.origin).parents[1])] if server and server.origin else []
    folders = [str(package / "on_path"), variables.get("PYTHONPATH")]
    return {
        **variables,
        "PYTHONPATH": os.pathsep.join(filter(None, folders)),
        INSTRUMENT_VARIABLE: os.pathsep.join([str(package.parent), *beside]),
    }
