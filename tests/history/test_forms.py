"""What people are shown of a history."""

import re

import pytest
from rich.console import Console

from headtohead.history import terminal
from headtohead.history.page import render
from headtohead.history.series import series_of
from headtohead.history.words import step_sentence, summary
from tests.history.samples import STEP, entries

SERIES = series_of([*entries(STEP), *entries([1.0, 1.1], subject="search")])


def test_a_change_is_told_with_its_commit_and_size():
    (step,) = SERIES[0].steps
    sentence = step_sentence(SERIES[0], step)
    assert sentence.startswith("product-list: 4.99 % slower from commit 000000000000 on, ") or (
        re.match(r"product-list: (4\.9|5\.0)\d? % slower from commit", sentence)
    )
    assert "level 1.000 before, 1.050 since" in sentence
    assert summary(SERIES) == "1 change in 2 endpoints."
    assert summary(SERIES[1:]) == "No change in 1 endpoint."


@pytest.mark.parametrize("width", [80, 160])
def test_the_terminal_shows_every_endpoint_in_a_line(width):
    console = Console(width=width)
    with console.capture() as printed:
        terminal.show(SERIES, console=console)
    lines = printed.get().splitlines()
    assert any(re.search(r"product-list +16 +1\.001 +1\.047 \[", line) for line in lines)
    assert any("search" in line for line in lines)


def test_the_terminal_shows_an_endpoint_commit_by_commit():
    console = Console(width=120)
    with console.capture() as printed:
        terminal.show_entries(SERIES[:1], console=console)
    text = printed.get()
    assert "product-list: latency over that of aaaaaaaaaaaa" in text
    assert re.search(r"11 +000000000000 +2026-03-11 +1\.051 .*% slower", text)
    assert text.endswith("1 change in 1 endpoint.\n")


def test_the_page_draws_a_point_for_every_measurement_and_a_line_for_every_change():
    text = render(SERIES, damaged=["history.jsonl, line 3: its checksum <differs>"])
    assert text.count('class="marker"') == len(STEP) + 2
    assert text.count('class="change"') == 1
    assert "line 3: its checksum &lt;differs&gt;" in text
    identities = re.findall(r'\bid="([^"]+)"', text)
    assert len(identities) == len(set(identities))


def test_a_history_of_one_measurement_can_be_drawn():
    text = render(series_of(entries([1.0])), damaged=[])
    assert text.count('class="marker"') == 1
    assert "nan" not in text
