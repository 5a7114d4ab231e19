import pytest

from headtohead.handicap import LONGEST_MICROSECONDS, Handicap, HandicapKind


@pytest.mark.parametrize("kind", HandicapKind)
@pytest.mark.parametrize("microseconds", [0, 450, LONGEST_MICROSECONDS])
def test_member_round_trip(kind, microseconds):
    handicap = Handicap(kind=kind, microseconds=microseconds)
    assert Handicap.from_member(handicap.to_member()) == handicap


@pytest.mark.parametrize(
    "value",
    [
        "",
        "busy",
        "busy:",
        "busy:-1",
        "busy:4.5",
        "idle:450",
        "busy:1000001",
        "busy:99999999",
        "450",
    ],
)
def test_what_is_malformed_or_too_long_is_no_handicap(value):
    assert Handicap.from_member(value) is None
