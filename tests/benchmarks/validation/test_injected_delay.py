import pytest

from benchmarks.validation.injected_delay import (
    LONGEST_MICROSECONDS,
    DelayKind,
    DelayTiming,
    InjectedDelay,
)


@pytest.mark.parametrize("kind", DelayKind)
@pytest.mark.parametrize("microseconds", [0, 450, LONGEST_MICROSECONDS])
def test_member_round_trip(kind, microseconds):
    delay = InjectedDelay(kind=kind, microseconds=microseconds)
    assert InjectedDelay.from_member(delay.to_member()) == delay


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
def test_what_is_malformed_or_too_long_is_no_delay(value):
    assert InjectedDelay.from_member(value) is None


@pytest.mark.parametrize(
    ("timing", "header"),
    [
        (DelayTiming(delay_ms=0.451, last_ms=12.3456), "delay;dur=0.451, last;dur=12.3456"),
        (DelayTiming(delay_ms=0.451, last_ms=None), "delay;dur=0.451"),
    ],
)
def test_header_round_trip_beside_other_entries(timing, header):
    assert timing.to_header() == header
    assert DelayTiming.from_header(f"{header}, total;dur=9.000") == timing


def test_a_request_that_was_not_delayed_has_no_timing_of_it():
    assert DelayTiming.from_header("total;dur=9.000") is None
