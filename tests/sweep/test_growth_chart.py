import re

import pytest

from headtohead.sweep.growth_chart import growth_plot, short
from tests.sweep.factories import ROWS, size, sweep

QUERIES = {"one": 2.0, "other": 2.0}


def heights(plot: str) -> list[list[float]]:
    """Where each line's points lie, in pixels from the top."""
    return [
        [float(point.split(",")[1]) for point in path.split("L")]
        for path in re.findall(r'class="curve" d="M([^"]+)"', plot)
    ]


def test_every_size_has_its_label_and_a_point_of_every_variant():
    plot = growth_plot(sweep(), key="k")
    labels = re.findall(r'text-anchor="middle">([^<]+)<', plot)
    assert labels == ["1k", "10k", "100k"]
    assert plot.count('class="marker"') == 2 * len(ROWS)


def test_latency_that_hardly_changes_looks_flat():
    found = [
        size(rows, medians={"one": one, "other": one}, queries=QUERIES)
        for rows, one in zip(ROWS, (10.0, 10.2, 10.1), strict=True)
    ]
    for points in heights(growth_plot(sweep(found), key="k")):
        assert max(points) - min(points) < 3


def test_linear_growth_rises_evenly_over_the_whole_height():
    first, middle, last = heights(growth_plot(sweep(), key="k"))[0]
    assert first - middle == pytest.approx(middle - last, abs=0.2)
    assert first - last > 140


@pytest.mark.parametrize(
    ("rows", "label"), [(500, "500"), (1_000, "1k"), (2_500_000, "2.5M"), (1_000_000, "1M")]
)
def test_labels_are_narrow(rows, label):
    assert short(rows) == label
