import pytest

from dashboards.checks.expressions import (
    BYTES,
    RATE,
    SECONDS,
    SHARE,
    THINGS,
    DimensionError,
    dimension,
    dimension_of_buckets,
    outermost_aggregates,
    parse,
    selectors,
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a_users", THINGS),
        ("a_memory_bytes", BYTES),
        ("a_lag_seconds", SECONDS),
        ("a_cpu_ratio", SHARE),
        ("a_ratio_low", SHARE),
        ("a_planned_rate", RATE),
        ("rate(a_requests_total[$__rate_interval])", RATE),
        ("increase(a_requests_total[$__rate_interval])", THINGS),
        ("sum by (b) (rate(a_seconds_total[$__rate_interval]))", SHARE),
        ("sum(rate(a_seconds_sum[1m])) / sum(rate(a_seconds_count[1m]))", SECONDS / THINGS),
        ("rate(a_hits_total[1m]) / (rate(a_hits_total[1m]) + rate(a_misses_total[1m]))", SHARE),
        ("histogram_quantile(0.5, sum by (le) (rate(a_seconds_bucket[1m])))", SECONDS),
        ("max(a_lag_seconds) - min(a_lag_seconds)", SECONDS),
        ("sum(a_lag_seconds) / sum(a_users) >= 0", SECONDS / THINGS),
    ],
)
def test_dimension_follows_from_names_and_operations(expression, expected):
    assert dimension(parse(expression)) == expected


def test_dimension_of_a_histogram_is_that_of_what_it_observes():
    assert dimension_of_buckets(parse("sum by (le) (increase(a_bytes_bucket[1m]))")) == BYTES


def test_what_differs_in_dimension_is_not_added():
    with pytest.raises(DimensionError):
        dimension(parse("a_lag_seconds + a_users"))


def test_no_promql_is_refused():
    with pytest.raises(ValueError, match="unclosed"):
        parse("sum by (a) (")


def test_every_selector_is_found():
    tree = parse('sum(rate(a_total{b="c"}[$__rate_interval])) / max(d) or e')
    assert {each.name for each in selectors(tree)} == {"a_total", "d", "e"}


def test_outermost_aggregates_decide_the_labels():
    tree = parse("sum by (a) (max by (a, b) (c)) / (sum by (d) (e))")
    assert [each.modifier.labels for each in outermost_aggregates(tree)] == [["a"], ["d"]]
