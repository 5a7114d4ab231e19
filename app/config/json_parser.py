"""How the bodies of requests are read."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

# Far more than any body of the API has; Python's own limit is in the hundreds, and what reads a
# value after it was parsed may go deeper than the parser did.
DEEPEST = 32
TOO_DEEP = f"JSON parse error - more than {DEEPEST} levels"


class JsonParser(JSONParser):
    """REST framework's parser, for numbers and depths that programs can work with."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value of a body.

        Raises:
            ParseError: It is no JSON, or has what serializers and the database fail on.
        """
        try:
            text = stream.read().decode()
            value = json.loads(text, parse_constant=strict_constant, parse_float=_finite)
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        except RecursionError as error:
            raise ParseError(TOO_DEEP) from error
        # Most bodies have fewer brackets than they may have levels, and counting those is fast.
        if text.count("[") + text.count("{") > DEEPEST and _is_deep(value):
            raise ParseError(TOO_DEEP)
        return value


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(f"{text[:20]} is out of range")
    return number


def _is_deep(value: Any) -> bool:
    """Whether a value has more than `DEEPEST` levels; found out without going down into it."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True
