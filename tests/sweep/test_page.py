import pytest

from headtohead.sweep import page, terminal
from headtohead.sweep.words import in_words
from tests.golden import printed
from tests.report.test_html import Page
from tests.sweep.factories import explained_sizes, sweep


def test_page_needs_nothing_beside_it():
    source = page.render(sweep())
    ids = list(Page(source).values("id"))
    assert len(ids) == len(set(ids))
    assert "http" not in source.partition("</head>")[2]
    assert "<script" not in source


def test_plans_are_folded():
    source = page.render(sweep(explained_sizes()))
    assert source.count("<details>") == 2


@pytest.mark.parametrize("width", [40, 160])
def test_a_terminal_of_any_width_shows_every_verdict(width):
    record = sweep(explained_sizes())
    shown = " ".join(printed(terminal.render, record, width=width).split())
    assert all(in_words(record, growth) in shown for growth in record.growth)
