import io

import pytest
from rich.console import Console

from headtohead.sweep import page, terminal
from tests.report.test_html import Page
from tests.sweep.factories import explained_sizes, invalid, sizes, sweep


def in_terminal(record, *, width: int = 160) -> str:
    console = Console(file=io.StringIO(), width=width)
    terminal.render(record, console=console)
    return console.file.getvalue()


def in_page(record) -> str:
    return Page(page.render(record)).text


@pytest.mark.parametrize("render", [in_terminal, in_page])
def test_reports_show_verdicts_exponents_sizes_and_notes(render):
    shown = render(sweep())
    assert "sequential: grows linearly, queries constant (2)" in shown
    assert "1.00, 1.00" in shown
    assert "[0.833, 0.867]" in shown
    assert "The answer is as long at every size" in shown
    assert "Ten times the rows" in shown


@pytest.mark.parametrize("render", [in_terminal, in_page])
def test_a_caveat_says_at_which_size(render):
    first, second, third = sizes()
    shown = " ".join(render(sweep([first, invalid(second), third])).split())
    assert "10,000 rows: Only 12 request pairs were taken" in shown
    assert "Give the run more time with --budget." in shown
    assert "sequential: invalid" in shown


def test_page_needs_nothing_beside_it():
    source = page.render(sweep())
    ids = list(Page(source).values("id"))
    assert len(ids) == len(set(ids))
    assert "http" not in source.partition("</head>")[2]
    assert "<script" not in source


@pytest.mark.parametrize("render", [in_terminal, in_page])
def test_reports_show_plans_that_change_and_at_which_sizes(render):
    shown = " ".join(render(sweep(explained_sizes())).split())
    assert "plans change at 10,000 rows" in shown
    assert "10,000 to 100,000 rows" in shown
    assert "Index Scan on review" in shown


def test_plans_are_folded():
    source = page.render(sweep(explained_sizes()))
    assert source.count("<details>") == 2


def test_a_narrow_terminal_loses_no_verdict():
    shown = " ".join(in_terminal(sweep(), width=60).split())
    assert "indexed: does not grow, queries constant (2)" in shown
