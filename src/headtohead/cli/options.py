"""The flags of all commands: those of settings follow from `Config`, the same everywhere."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import typer

from headtohead.config import Config, declared_settings, help_of
from headtohead.setting_values import Texts, UserCounts

# A verdict on two revisions needs as many (headtohead.analysis.launches, which is slow to import).
FEWEST_ROUNDS = 4

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[EXPERIMENT]...", help="Experiments by name; all when none is given."),
]
Base = Annotated[str, typer.Argument(metavar="BASE", help="A branch, tag or commit.")]
Head = Annotated[
    str | None,
    typer.Argument(
        metavar="[HEAD]", help="Another one; the working tree as it is now when none is given."
    ),
]
Headers = Annotated[
    list[str] | None,
    typer.Option(
        "--header", help='Send this header, such as "Authorization: Token abc"; may be repeated.'
    ),
]
Cookies = Annotated[
    list[str] | None,
    typer.Option("--cookie", help="Send this cookie, as NAME=VALUE; may be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

R = TypeVar("R")

# Text, because 1e6 is no whole number to Typer, and 1,2,4 no number at all.
_AS_TEXT = {"rows": "<int>", "users": None}
# Only ever switched on: what runs stays.
_ONLY_ON = {"prometheus"}
_HINTS = {
    name: hint
    for name, hint in get_type_hints(Config).items()
    if name in {setting.name for setting in declared_settings()}
}


def with_settings(*names: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Give a command the flags of these settings, which it takes as `**flags`.

    A flag that is not given is None, so that the environment or `pyproject.toml` decides.
    """

    def give(command: Callable[..., R]) -> Callable[..., R]:
        own = inspect.signature(command).parameters.values()
        flags = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_flag(name)
            )
            for name in names
        ]
        first = [each for each in own if each.kind is not each.VAR_KEYWORD]
        # --json is the last of every command.
        last = [each for each in first if each.name == "as_json"]
        parameters = [*(each for each in first if each not in last), *flags, *last]
        vars(command)["__signature__"] = inspect.Signature(parameters)
        return command

    return give


def sending(config: Config, *, headers: list[str] | None, cookies: list[str] | None) -> Config:
    """The settings with more headers of every request.

    Args:
        config: The settings.
        headers: Those given as `--header`.
        cookies: Those given as `--cookie`.
    """
    cookie = [f"Cookie: {'; '.join(cookies)}"] if cookies else []
    return replace(config, headers=Texts([*config.headers, *(headers or []), *cookie]))


def _flag(name: str) -> Any:
    """The type and the option of a setting's flag, as Typer reads them."""
    hint = _HINTS[name]
    kind = next((each for each in get_args(hint) or (hint,) if each is not type(None)), str)
    written = f"--{name.replace('_', '-')}"
    if kind is bool and name not in _ONLY_ON:
        written = f"{written}/--no-{name.replace('_', '-')}"
    text = name in _AS_TEXT or kind is UserCounts
    option = typer.Option(
        written, help=help_of(name), metavar=_AS_TEXT.get(name), show_default=False
    )
    return Annotated[(str if text else kind) | None, option]
