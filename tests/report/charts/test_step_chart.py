import re

from headtohead.report.charts.step_chart import step_plot
from tests.report import samples


def test_ring_marks_the_knee_of_the_variant_that_has_one() -> None:
    plot = step_plot(samples.stepped_up(), key="k")
    (ring,) = re.findall(r'class="knee" cx="([\d.]+)%"', plot)
    labels = dict(re.findall(r'<text x="([\d.]+)%"[^>]*>(\d+)</text>', plot))
    assert labels[ring] == "4"
    assert sorted(labels.values()) == ["1", "2", "4", "8"]


def test_steps_without_an_interval_have_no_whisker() -> None:
    plot = step_plot(samples.stepped_up(), key="k")
    # Two variants on four steps, of which the first has too few rounds for an interval.
    assert plot.count('class="interval"') == 6
