"""Reads the settings from `pyproject.toml`, the environment and flags."""

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from headtohead.config import (
    TABLE,
    Config,
    declared_settings,
    variable_of,
)
from headtohead.errors import ConfigurationError
from headtohead.setting_values import Texts, UserCounts, whole_number

# A project's settings where it has no pyproject.toml.
OWN_FILE = "headtohead.toml"
# What the folder of a project without settings has.
_MARKS = ("manage.py", "pyproject.toml", ".git")


def load_config(*, start: Path, environment: Mapping[str, str], flags: Mapping[str, Any]) -> Config:
    """Collect the settings that hold for a command.

    Args:
        start: Folder the command was given in; the project is here or above.
        environment: The process' environment.
        flags: Settings given on the command line; None means not given.

    Raises:
        ConfigurationError: There is no project, or a setting is unknown or out of range.
    """
    root, table = _find_table(start)
    hints = get_type_hints(Config)
    known = {setting.name: setting for setting in declared_settings()}
    tables = {name: table.get(name, {}) for name in ("gate", "login", "variables")}
    for name, given in tables.items():
        if not isinstance(given, dict):
            raise ConfigurationError(
                f"{TABLE} {name} is no table", fix=f"make it {TABLE[:-1]}.{name}]"
            )
    for key in table:
        if key not in known and key not in tables:
            nearest = get_close_matches(key, known, n=1)
            raise ConfigurationError(
                f"{TABLE} has an unknown key {key!r}",
                fix=f"did you mean {nearest[0]}?" if nearest else f"known: {', '.join(known)}",
            )

    values: dict[str, Any] = {}
    for name, setting in known.items():
        variable = variable_of(setting)
        sources = [
            (f"{TABLE} {name}", table.get(name)),
            (variable, environment.get(variable) or None),
            (f"--{name.replace('_', '-')}", flags.get(name)),
        ]
        for source, value in sources:
            if value is not None:
                values[name] = _convert(value, setting=setting, hint=hints[name], source=source)
    config = Config(root=root, **tables, **values)
    for name, setting in known.items():
        _require_mode(setting.metadata["modes"], name=name, given=flags.get(name), config=config)
    return config


def _require_mode(modes: tuple[str, ...], *, name: str, given: Any, config: Config) -> None:
    """Refuse a flag that would change nothing; other sources may well set what no mode reads."""
    if modes and given is not None and config.mode not in modes:
        flag = f"--{name.replace('_', '-')}"
        raise ConfigurationError(
            f"{flag} means nothing in {config.mode} mode",
            fix=f"add --mode {' or '.join(modes)}, or leave {flag} out",
        )


def _find_table(start: Path) -> tuple[Path, Mapping[str, Any]]:
    """The project's folder and its settings; they may be none, as h2h finds most by itself."""
    for folder in (start, *start.parents):
        for name, within in (("pyproject.toml", ("tool", "headtohead")), (OWN_FILE, ())):
            table = _table(folder / name, within=within)
            if table is not None:
                return folder, table
    for folder in (start, *start.parents):
        if any((folder / each).exists() for each in _MARKS):
            return folder, {}
    raise ConfigurationError(
        "there is no project here or above",
        fix="give the command in the folder of a Django project (manage.py, pyproject.toml)",
    )


def has_settings(text_of: Callable[[str], str | None]) -> bool:
    """Whether a project's folder has settings of h2h's.

    Args:
        text_of: Gives the text of a file in that folder; None where there is none.
    """
    if text_of(OWN_FILE) is not None:
        return True
    try:
        return "headtohead" in tomllib.loads(text_of("pyproject.toml") or "").get("tool", {})
    except tomllib.TOMLDecodeError:
        return False


def _table(path: Path, *, within: tuple[str, ...]) -> Mapping[str, Any] | None:
    """The settings in a file, which may be below a table of it; None where it has none."""
    if not path.is_file():
        return None
    try:
        found: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read ({error})", fix="correct it") from error
    for name in within:
        if name not in found:
            return None
        found = found[name]
    if not isinstance(found, dict):
        raise ConfigurationError(f"{TABLE} in {path} is no table", fix="make it one")
    return found


_KINDS: dict[Any, tuple[type | tuple[type, ...], str]] = {
    int: (int, "a whole number"),
    float: ((int, float), "a number"),
    bool: (bool, "true or false"),
    str: (str, "text"),
    Path: ((str, Path), "a path"),
    Texts: ((list, Texts), "a list of texts"),
    UserCounts: (
        (int, UserCounts),
        "a whole number of users, or several in ascending order such as 1,2,4,8",
    ),
}
_WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
# How text becomes a value, where the kind itself does not read it as people write it.
_READERS: dict[Any, Callable[[str], Any]] = {
    int: whole_number,
    bool: lambda text: _WORDS[text.lower()],
}


def _convert(given: Any, *, setting: Field[Any], hint: Any, source: str) -> Any:
    kind = next(each for each in _KINDS if each is hint or each in getattr(hint, "__args__", ()))
    accepted, meaning = _KINDS[kind]
    problem = ConfigurationError(
        f"{source} is {given!r}", fix=f"give {meaning}: {setting.metadata['help']}"
    )
    value: Any = given
    if isinstance(value, str) and kind is not str:
        try:
            value = _READERS.get(kind, kind)(value)
        except (KeyError, ValueError):
            raise problem from None
    if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
        raise problem
    try:
        converted: Any = kind(value)
    except ValueError:
        raise problem from None
    choices = setting.metadata["choices"]
    if choices and converted not in choices:
        raise ConfigurationError(
            f"{source} is {given!r}", fix=f"give {' or '.join(choices)}: {setting.metadata['help']}"
        )
    minimum, maximum = setting.metadata["minimum"], setting.metadata["maximum"]
    if minimum is not None and not (minimum <= converted <= maximum and converted < math.inf):
        within = f"at least {minimum}" if maximum == math.inf else f"{minimum} to {maximum}"
        raise ConfigurationError(
            f"{source} is {value}", fix=f"give {within}: {setting.metadata['help']}"
        )
    return converted
