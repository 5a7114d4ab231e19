"""Caveats are declared here: each with its code, its words and when it is stated."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pkgutil import iter_modules
from typing import ParamSpec

from headtohead.records.results import Caveat

P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True)
class CaveatRule:
    """One reason to trust a number less, as documents tell it.

    Attributes:
        code: Stable kebab-case name for machines.
        invalidates_when: When the numbers must not be used at all; empty if that never happens.
        weakens_when: When they may be used with care; empty if that never happens.
        state: Makes the caveat of what was seen.
    """

    code: str
    invalidates_when: str
    weakens_when: str
    state: Callable[..., Caveat]


_rules: list[CaveatRule] = []


def caveat(
    code: str, *, invalidates_when: str = "", weakens_when: str = ""
) -> Callable[[Callable[P, tuple[str, str]]], Callable[P, Caveat]]:
    """Declare a caveat by the function that words it: what was seen, and what to do about it.

    Where it may do both, the function takes `invalidates`.

    Args:
        code: Its stable kebab-case name.
        invalidates_when: When it invalidates, in a few words; a threshold stands in them.
        weakens_when: When it only weakens.
    """

    def declare(words: Callable[P, tuple[str, str]]) -> Callable[P, Caveat]:
        @wraps(words)
        def state(*args: P.args, **kwargs: P.kwargs) -> Caveat:
            message, advice = words(*args, **kwargs)
            invalidates = bool(kwargs.get("invalidates", bool(invalidates_when)))
            return Caveat(code=code, message=message, advice=advice, invalidates=invalidates)

        rule = CaveatRule(
            code=code,
            invalidates_when=invalidates_when,
            weakens_when=weakens_when,
            state=state,
        )
        _rules.append(rule)
        return state

    return declare


def declared_caveats() -> Iterator[CaveatRule]:
    """Every caveat there is, by code."""
    package = __package__ or ""
    for module in iter_modules(import_module(package).__path__, f"{package}."):
        import_module(module.name)
    return iter(sorted(_rules, key=lambda rule: rule.code))
