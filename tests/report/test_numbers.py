import math

import pytest

from headtohead.report import numbers as formats


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 ms"),
        (0.0421, "0.042 ms"),
        (0.84, "0.84 ms"),
        (2.1, "2.10 ms"),
        (9.996, "10.0 ms"),
        (12.34, "12.3 ms"),
        (99.96, "100 ms"),
        (154.2, "154 ms"),
        (1540.0, "1,540 ms"),
    ],
)
def test_milliseconds_keep_about_three_digits(value: float, text: str) -> None:
    assert formats.milliseconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.09312, "0.0931"),
        (0.512, "0.512"),
        (0.9996, "1.000"),
        (0.0999612, "0.100"),
        (1.0234, "1.023"),
        (10.79, "10.8"),
        (154.4, "154"),
        (0.0, "0"),
        (math.inf, "∞"),
    ],
)
def test_ratios_keep_three_significant_digits_and_three_decimals_about_one(
    value: float, text: str
) -> None:
    assert formats.ratio(value) == text


def test_an_interval_shows_both_bounds() -> None:
    assert formats.interval((0.0912, 0.09504)) == "[0.0912, 0.0950]"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (3.0, "3"), (2.49, "2.5"), (2.96, "3"), (62.04, "62"), (1234.0, "1,234")],
)
def test_counts_show_a_decimal_only_where_they_have_one(value: float, text: str) -> None:
    assert formats.count(value) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.02, "2 %"), (0.015, "1.5 %"), (0.9342, "93.4 %"), (1.0, "100 %"), (2.5, "250 %")],
)
def test_percentages(fraction: float, text: str) -> None:
    assert formats.percent(fraction) == text


@pytest.mark.parametrize(
    ("count_of_bytes", "text"),
    [(512, "512 B"), (24_310, "24.3 kB"), (1_500_000, "1.50 MB"), (8_200_000_000, "8.20 GB")],
)
def test_sizes_use_decimal_prefixes(count_of_bytes: float, text: str) -> None:
    assert formats.size(count_of_bytes) == text


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.0926, "is 10.8 times faster than"),
        (2.0, "is 2.00 times slower than"),
        (0.951, "takes 4.9 % less time than"),
        (1.3, "takes 30 % more time than"),
    ],
)
def test_a_small_effect_is_told_as_time_and_a_large_one_as_a_factor(
    ratio: float, words: str
) -> None:
    assert formats.compared_with(ratio) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (5.12, "serves 5.12 times as many requests a second as"),
        (1.049, "serves 4.9 % more requests a second than"),
        (0.4, "serves 60 % fewer requests a second than"),
    ],
)
def test_more_requests_a_second_are_better(value: float, words: str) -> None:
    assert formats.throughput_compared_with(value) == words


@pytest.mark.parametrize(("number", "text"), [(1, "once"), (2, "2 times"), (1540, "1,540 times")])
def test_how_often_something_happened(number: int, text: str) -> None:
    assert formats.times(number) == text
