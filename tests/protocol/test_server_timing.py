import pytest

from headtohead.protocol.server_timing import ServerTiming

TIMING = ServerTiming(
    variant="product-list/naive",
    queries=62,
    database_ms=18.25,
    cache_hits=1,
    cache_misses=2,
    total_ms=40.5,
)


def test_header_round_trip():
    assert ServerTiming.from_header(TIMING.to_header()) == TIMING


def test_header_follows_the_recommendations_grammar():
    assert TIMING.to_header() == (
        'variant;desc="product-list/naive", queries;desc="62", db;dur=18.250, '
        'cache-hits;desc="1", cache-misses;desc="2", total;dur=40.500'
    )


def test_entries_of_others_are_passed_over():
    assert ServerTiming.from_header(f"cdn;dur=3.2, {TIMING.to_header()}") == TIMING


def test_of_two_entries_of_a_name_the_last_counts():
    assert ServerTiming.from_header(f"total;dur=3.2, {TIMING.to_header()}") == TIMING


@pytest.mark.parametrize("value", ["", "db;dur=3", 'variant;desc="a/b", queries;desc="many"'])
def test_headers_of_others_are_not_read(value):
    assert ServerTiming.from_header(value) is None
