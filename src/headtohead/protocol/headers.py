"""How a server learns what a request asks of it, and whether it may."""

from collections.abc import Mapping
from urllib.parse import unquote

# The W3C baggage members that carry the choice of variant from client to server.
BAGGAGE_EXPERIMENT = "h2h.experiment"
BAGGAGE_VARIANT = "h2h.variant"

# Authorises a request to be measured; its value is made again for every stack.
TOKEN_HEADER = "HeadToHead-Token"  # noqa: S105 (a header's name, not a secret)
# The variable of the environment that tells a server its value.
TOKEN_VARIABLE = "H2H_TOKEN"  # noqa: S105 (a variable's name, not a secret)
# The one that brings the server's side into a project in which it is not installed: the folder
# that has h2h's package in it (`on_path/sitecustomize.py`).
INSTRUMENT_VARIABLE = "H2H_INSTRUMENT"


def baggage_members(baggage: str) -> dict[str, str]:
    """The members of a W3C baggage header, their properties left out."""
    return {
        unquote(key.strip()): unquote(value.partition(";")[0].strip())
        for key, separator, value in (member.partition("=") for member in baggage.split(","))
        if separator
    }


def requested_names(members: Mapping[str, str]) -> tuple[str, str] | None:
    """The experiment and variant that baggage asks for, or None."""
    experiment, variant = members.get(BAGGAGE_EXPERIMENT), members.get(BAGGAGE_VARIANT)
    return (experiment, variant) if experiment and variant else None
