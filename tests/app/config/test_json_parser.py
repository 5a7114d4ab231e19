from io import BytesIO

import pytest
from rest_framework.exceptions import ParseError

from app.config.json_parser import DEEPEST, JsonParser


def parsed(body: bytes) -> object:
    return JsonParser().parse(BytesIO(body))


def nested(levels: int) -> bytes:
    return b'{"a":' * (levels - 1) + b"[1]" + b"}" * (levels - 1)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, 1.5, true, null, "\\u00e9"]}', {"a": [1, 1.5, True, None, "é"]}),
        (b"[" + b"[]," * 100 + b"[]]", [[]] * 101),
        (b'"' + b"[" * 100 + b'"', "[" * 100),
    ],
)
def test_json_is_parsed(body: bytes, value: object) -> None:
    assert parsed(body) == value


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Expecting property name"),
        (b"\xff", "can't decode byte 0xff"),
        (b"\xed\xa0\x80", "can't decode byte 0xed"),
        (b"NaN", "Out of range"),
        (b"-Infinity", "Out of range"),
        (b"[1e400]", "1e400 is out of range"),
        (b"[" * 100_000, f"more than {DEEPEST} levels"),
        (nested(DEEPEST + 1), f"more than {DEEPEST} levels"),
    ],
)
def test_what_programs_cannot_work_with_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parsed(body)


def test_the_deepest_value_is_parsed() -> None:
    assert parsed(nested(DEEPEST)) is not None
