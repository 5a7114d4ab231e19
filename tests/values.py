"""Values of settings that are like no other, made from what a setting says of itself."""

import json
import math
import tomllib
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, get_type_hints

from headtohead.config import Config, help_of
from headtohead.setting_values import Texts, UserCounts

ROOT = Path(__file__).parents[1]
SETTINGS = tuple(each for each in fields(Config) if each.metadata)
# What seeded users sign in with, as the project says.
DEMO_PASSWORD = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "headtohead"
]["variables"]["DEMO_PASSWORD"]["value"]
MODES = next(each.metadata["choices"] for each in SETTINGS if each.name == "mode")
_HINTS = get_type_hints(Config)


def variable_of(setting: Field[Any]) -> str:
    """Its environment variable, as `--help` names it."""
    return help_of(setting.name).removesuffix(".").rpartition(" ")[2]


def two_values(setting: Field[Any]) -> tuple[Any, Any]:
    """Two that differ from each other and, where there are enough, from the default."""
    hint = _HINTS[setting.name]
    choices = setting.metadata["choices"]
    if choices:
        one, other, *_ = sorted(choices, key=lambda choice: choice == setting.default)
        return one, other
    if hint is bool:
        return not setting.default, setting.default
    if hint is UserCounts:
        return UserCounts((3, 5)), UserCounts(7)
    if hint is Texts:
        return Texts([f"{setting.name} one", f"{setting.name}=1"]), Texts([f"{setting.name} other"])
    if hint in {int, float}:
        numbers = (hint(number) for number in _within(setting))
        one, other, *_ = (number for number in numbers if number != setting.default)
        return one, other
    # What is named for the setting cannot be taken for the value of another one.
    one, other = f"{setting.name}-one", f"{setting.name}-other"
    return (Path(one), Path(other)) if hint is Path else (one, other)


def outside(setting: Field[Any]) -> list[Any]:
    """What it cannot be."""
    hint = _HINTS[setting.name]
    if setting.metadata["choices"] or hint is bool:
        return ["perhaps"]
    if hint is UserCounts:
        return [0, "4,2", "many"]
    if hint is Texts:
        return ["one\n\nother"]
    if hint not in {int, float}:
        return []
    lowest, highest = setting.metadata["minimum"], setting.metadata["maximum"]
    return [
        "many",
        lowest - (1 if hint is int else 1e-6),
        *([highest + 1] if highest < math.inf else []),
        *([math.inf, math.nan] if hint is float else [lowest + 0.5]),
    ]


def written(value: Any) -> str:
    """A value as an environment variable, or somebody on the command line, gives it."""
    if type(value) is Texts:
        return "\n".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def as_toml(value: Any) -> str:
    """A value as pyproject.toml gives it."""
    if isinstance(value, bool):
        return str(value).lower()
    if type(value) is Texts:
        return str(list(value))
    return repr(value) if type(value) in {int, float} else json.dumps(str(value))


def _within(setting: Field[Any]) -> tuple[float, float, float]:
    """Numbers of the setting's range, none of which is a round one."""
    lowest, highest = setting.metadata["minimum"], setting.metadata["maximum"]
    width = 1000 if highest == math.inf else highest - lowest
    return lowest + math.floor(width / 3) + 0.0, lowest + width * 0.25, lowest + width * 0.75
