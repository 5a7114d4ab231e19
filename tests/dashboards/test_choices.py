import pytest

from dashboards.checks.choices import filled


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a{b="$one"}', 'a{b="x-y"}'),
        ('a{b=~"$many"}', 'a{b=~"x|y"}'),
        ("b = ${one:sqlstring}", "b = 'x-y'"),
        ("b IN (${many:sqlstring})", "b IN ('x','y')"),
        ("b = ${quoting:sqlstring}", "b = 'it''s'"),
        ('a{b="$none"}', 'a{b=""}'),
        ("rate(a[$__rate_interval])", "rate(a[$__rate_interval])"),
        ("$__timeFilter(a)", "$__timeFilter(a)"),
    ],
)
def test_choices_stand_where_the_variables_were(text, expected):
    choices = {"one": ["x-y"], "many": ["x", "y"], "quoting": ["it's"], "none": []}
    assert filled(text, choices) == expected


def test_values_of_a_pattern_match_themselves_alone():
    assert filled('a{b=~"$many"}', {"many": ["x.y", "z"]}) == 'a{b=~"x\\\\.y|z"}'
