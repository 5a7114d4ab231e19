import pytest

from headtohead.analysis.saturation import knee


@pytest.mark.parametrize(
    ("throughput", "users"),
    [
        ({1: 50, 2: 100, 4: 105, 8: 104}, 2),
        ({1: 50, 2: 51, 4: 52}, 1),
        ({1: 50, 2: 100, 4: 200}, None),
        ({1: 50, 2: 52, 4: 100, 8: 101}, 4),
        ({4: 100, 8: 60}, 4),
        ({8: 100}, None),
        ({}, None),
    ],
)
def test_knee_is_where_growth_ends_for_good(throughput, users):
    assert knee(throughput) == users


def test_growth_is_measured_by_the_doubling():
    """15 % over two doublings is 7 % each, 15 % over half a doubling is 32 %."""
    assert knee({2: 100, 8: 115}) == 2
    assert knee({4: 100, 6: 115}) is None
