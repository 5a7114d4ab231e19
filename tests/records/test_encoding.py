import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest

from headtohead.records.encoding import Bounds, decode, encode


@dataclass(frozen=True, kw_only=True)
class Kept:
    interval: Bounds
    other: Bounds | None = None
    folder: Path
    counts: Mapping[str, float]


KEPT = Kept(interval=(0.5, math.inf), folder=Path("/kept"), counts={"a": 1.5})


def test_a_bound_that_does_not_exist_is_null_and_comes_back_as_infinity() -> None:
    text = encode(KEPT)
    assert b'"interval":[0.5,null]' in text
    assert decode(text, Kept) == KEPT


def test_what_was_read_can_be_written_again() -> None:
    text = encode(KEPT)
    assert encode(decode(text, Kept)) == text


def test_numbers_of_numpy_are_numbers() -> None:
    assert encode([np.float64(1.5)]) == b"[1.5]"


def test_a_null_is_no_number_that_cannot_be_missing() -> None:
    text = encode(KEPT).replace(b"1.5", b"null")
    with pytest.raises(msgspec.ValidationError):
        decode(text, Kept)
