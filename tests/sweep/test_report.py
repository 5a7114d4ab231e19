import pytest

from headtohead.report import html, terminal
from headtohead.report.document import Table
from headtohead.sweep.record import Sweep
from headtohead.sweep.report import brief, page
from headtohead.sweep.sentences import in_words
from tests.golden import printed
from tests.report.test_html import Page
from tests.sweep.factories import explained_sizes, invalid, sizes, sweep


def test_page_needs_nothing_beside_it():
    source = html.render(page(sweep()))
    ids = list(Page(source).values("id"))
    assert len(ids) == len(set(ids))
    assert "http" not in source.partition("</head>")[2]
    assert "<script" not in source


def test_plans_are_folded():
    source = html.render(page(sweep(explained_sizes())))
    assert source.count("<details>") == 2


@pytest.mark.parametrize("width", [40, 160])
def test_a_terminal_of_any_width_shows_every_verdict(width):
    record = sweep(explained_sizes())
    shown = " ".join(printed(terminal.render, brief(record), width=width).split())
    assert all(in_words(record, growth) in shown for growth in record.growth)


def tables(record: Sweep) -> list[list[list[str]]]:
    """The texts of the rows of each table."""
    found = [part for part in brief(record).parts if isinstance(part, Table)]
    return [[[cell.text for cell in row] for row in table.rows] for table in found]


def test_numbers_that_must_not_be_used_are_not_shown():
    first, *others = sizes()
    growth, size_rows = tables(sweep([invalid(first), *others]))
    assert growth[0] == ["sequential", "n/a", "n/a", "n/a"]
    assert size_rows[1][3:6] == ["n/a", "n/a", "invalid"]
