from dataclasses import replace

import pytest

from headtohead.server_timing import ServerTiming

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


def test_header_says_what_a_handicap_took():
    timing = replace(TIMING, handicap_ms=0.451, last_ms=12.3456)
    assert timing.to_header() == f"{TIMING.to_header()}, handicap;dur=0.451, last;dur=12.3456"
    assert ServerTiming.from_header(timing.to_header()) == timing


def test_entries_of_others_are_passed_over():
    assert ServerTiming.from_header(f"cdn;dur=3.2, {TIMING.to_header()}") == TIMING


@pytest.mark.parametrize("value", ["", "db;dur=3", 'variant;desc="a/b", queries;desc="many"'])
def test_headers_of_others_are_not_read(value):
    assert ServerTiming.from_header(value) is None
