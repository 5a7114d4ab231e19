"""A fact: something that a comparison depends on, how it is known, and the line that says it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from headtohead.errors import HeadToHeadError

# What is offered as an example of a fix that names a line of the configuration.
_LINE = re.compile(
    r"\b(?:python|settings|wsgi|asgi|start|data|prepare|copy) = (?:\"[^\"]*\"|\[.*?\])"
)


class Standing(StrEnum):
    """What a fact means for whoever wants to compare."""

    FOUND = "found"
    ADVISED = "advised"
    OFFERED = "offered"
    ADDED = "added"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that a comparison depends on.

    Attributes:
        subject: What it is about, such as ``interpreter``.
        found: What was found.
        known_by: How it is known.
        standing: ``found`` where h2h finds it every time; ``advised`` where a line may be wanted;
            ``offered`` where a line makes more possible, and is known; ``added`` where a line is
            needed, and is known; ``missing`` where the user has to say it before anything can be
            compared.
        line_to_add: What to add or to do; empty where there is nothing.
        lines: Lines of the configuration that would say it.
    """

    subject: str
    found: str
    known_by: str
    standing: Standing = Standing.FOUND
    line_to_add: str = ""
    lines: tuple[str, ...] = ()


def advised(
    subject: str,
    found: str,
    known_by: str,
    *lines: str,
    advice: str = "",
    standing: Standing = Standing.ADVISED,
) -> Fact:
    """A fact with something to add: lines of the configuration, or what else to do."""
    return Fact(
        subject=subject,
        found=found,
        known_by=known_by,
        standing=standing,
        line_to_add=advice or ", or ".join(lines),
        lines=lines,
    )


def missing(subject: str, found: str, known_by: str, *lines: str, advice: str = "") -> Fact:
    """A fact that has to be said before anything can be compared."""
    standing = Standing.MISSING
    return advised(subject, found, known_by, *lines, advice=advice, standing=standing)


def failed(subject: str, error: HeadToHeadError, known_by: str) -> Fact:
    """What could not be had, with the fix that the error names."""
    line = _LINE.search(error.fix)
    lines = (line[0],) if line else ()
    return missing(subject, error.problem, known_by, *lines, advice=error.fix)


def setting(name: str, value: str | Sequence[str]) -> str:
    """A line of the configuration."""
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"
