"""What [tool.headtohead.login] says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from headtohead.compare.endpoints import is_header
from headtohead.errors import ConfigurationError

TABLE = "[tool.headtohead.login]"
TOKEN = "{token}"  # noqa: S105 (a placeholder)
# What each way of logging in takes beside itself: what it needs, and what else it may be told.
_ACCOUNT = ("username", "password")
_WAYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "url": (_ACCOUNT, ("username_field",)),
    "token_url": (_ACCOUNT, ("username_field", "token_field", "header")),
    "command": ((), ()),
}
_KEYS = tuple(dict.fromkeys(key for way, rest in _WAYS.items() for key in (way, *sum(rest, ()))))


@dataclass(frozen=True, kw_only=True)
class Login:
    """What [tool.headtohead.login] says.

    Attributes:
        way: ``url`` for a session, ``token_url`` for a token, ``command`` for headers that a
            command prints.
        at: The path, or the command.
        username: The account's name; empty for a command, as for what follows.
        password: Its password.
        username_field: How the name is called where it is sent.
        token_field: Where the token stands in the answer, keys with dots between them; empty where
            it has one of the usual names.
        header: The header that the token is sent in, with ``{token}`` in it.
    """

    way: str
    at: str
    username: str = ""
    password: str = field(default="", repr=False)
    username_field: str = "username"
    token_field: str = ""
    header: str = f"Authorization: Bearer {TOKEN}"


def read_login(table: Mapping[str, Any], *, environment: Mapping[str, str]) -> Login | None:
    """Read [tool.headtohead.login]; None where there is none.

    Args:
        table: What it says.
        environment: Where what is written as ``{ env = "NAME" }`` stands.

    Raises:
        ConfigurationError: It cannot be used; what may be secret is not repeated.
    """
    if not table:
        return None
    way = _way(table)
    values = {key: _text(given, key=key, environment=environment) for key, given in table.items()}
    at = values.pop(way)
    if way != "command" and (not at.startswith("/") or at.startswith("//")):
        raise ConfigurationError(f"{TABLE} {way} is {at!r}", fix="give a path from the root")
    header = values.get("header", Login.header)
    if not is_header(header) or TOKEN not in header.partition(":")[2]:
        raise ConfigurationError(
            f"{TABLE} header is no header with {TOKEN} in its value",
            fix=f'write it as header = "Authorization: Token {TOKEN}"',
        )
    return Login(way=way, at=at, **values)


def _way(table: Mapping[str, Any]) -> str:
    """The one way to log in that a table gives, with all that it takes and nothing else."""
    for key in table:
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, n=1)
            known = f"did you mean {near[0]}?" if near else f"known: {', '.join(_KEYS)}"
            raise ConfigurationError(f"{TABLE} has an unknown key {key!r}", fix=known)
    ways = [way for way in _WAYS if way in table]
    if len(ways) != 1:
        raise ConfigurationError(
            f"{TABLE} has {' and '.join(ways) or 'no way to log in'}",
            fix="give one of url (a session), token_url (a token) and command (prints headers)",
        )
    (way,) = ways
    needed, possible = _WAYS[way]
    for key in table:
        if key not in {way, *needed, *possible}:
            raise ConfigurationError(f"{TABLE} {key} means nothing with {way}", fix="leave it out")
    for key in needed:
        if key not in table:
            raise ConfigurationError(
                f"{TABLE} has {way} and no {key}",
                fix=f'add it, as text or as {key} = {{ env = "SHOP_{key.upper()}" }}',
            )
    return way


def _text(given: Any, *, key: str, environment: Mapping[str, str]) -> str:
    match given:
        case str() as text if text.strip():
            return text
        case {"env": str() as name} if len(given) == 1 and key in _ACCOUNT:
            found = environment.get(name)
            if not found:
                raise ConfigurationError(
                    f"{TABLE} {key} is in {name}, which is not set", fix=f"export {name}=..."
                )
            return found
    ways = ' or { env = "NAME" }' if key in _ACCOUNT else ""
    raise ConfigurationError(f"{TABLE} {key} is no text", fix=f"give a text{ways}")
