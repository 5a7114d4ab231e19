"""When what a lock says counts: for which versions, of Python too, and where."""

import re
from collections.abc import Mapping

from packaging.markers import Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

_EXTRAS = re.compile(r"""extra == ["']([^"']+)""")


def holds(marker: str, python: str, *, environment: Mapping[str, str]) -> bool:
    """Whether what a lock says under a condition counts.

    Args:
        marker: A standard marker; an extra that it names is one that was asked for.
        python: Versions of Python, as poetry or a standard specifier names them.
        environment: Values of the markers of the Python it is for.
    """
    if not admits_version(python, environment["python_full_version"]):
        return False
    extras = ["", *_EXTRAS.findall(marker)]
    return not marker or any(
        Marker(marker).evaluate({**environment, "extra": extra}) for extra in extras
    )


def admits_version(constraint: str, version: str) -> bool:
    """Whether a version is within what a standard specifier says, or poetry (^1.2, ~1.2, ||)."""
    return any(_within(each, version) for each in constraint.split("||"))


def _within(constraint: str, version: str) -> bool:
    parts = []
    for part in constraint.replace(" ", ",").split(","):
        number = [int(each) for each in re.findall(r"\d+", part)]
        if not part or part == "*":
            continue
        if part[0] == "^":
            # The first number that is not zero stays.
            at = next((at for at, each in enumerate(number) if each), len(number) - 1)
            top = ".".join(map(str, [*number[:at], number[at] + 1]))
            parts.append(f">={part[1:]},<{top}")
        elif part[0] == "~" and part[1] != "=":
            at = min(1, len(number) - 1)
            top = ".".join(map(str, [*number[:at], number[at] + 1]))
            parts.append(f">={part[1:]},<{top}")
        else:
            parts.append(f"=={part}" if part[0].isdigit() else part)
    try:
        return SpecifierSet(",".join(parts)).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True
