"""What a history's page is made of; its words are in a golden file."""

import re

from headtohead.ci.history.report import page
from headtohead.ci.history.series import series_of
from headtohead.report.html import render
from tests.ci.history.samples import STEP, entries

SERIES = series_of([*entries(STEP), *entries([1.0, 1.1], subject="search")])


def test_the_page_draws_a_point_for_every_measurement_and_a_line_for_every_change():
    text = render(page(SERIES, damaged=["<script>"]))
    assert text.count('class="marker"') == len(STEP) + 2
    assert text.count('class="change"') == 1
    assert "<script" not in text
    identities = re.findall(r'\bid="([^"]+)"', text)
    assert len(identities) == len(set(identities))


def test_a_history_of_one_measurement_can_be_drawn():
    text = render(page(series_of(entries([1.0])), damaged=[]))
    assert text.count('class="marker"') == 1
    assert "nan" not in text
