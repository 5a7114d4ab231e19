import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from headtohead.measurement import Run
from headtohead.report import terminal
from headtohead.report.findings import findings
from headtohead.report.format import interval, ratio
from tests.report import samples


def printed(run: Run, *, width: int, colour: bool = False) -> str:
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=colour, color_system="standard" if colour else None
    )
    terminal.render(run, console=console)
    return file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 160, 240])
def test_every_finding_is_shown_whole_at_any_width(sample: Run, width: int) -> None:
    text = printed(sample, width=width)
    flowing = " ".join(text.split())
    for finding in findings(sample):
        assert finding.experiment.name in "".join(text.split())
        assert finding.verdict in flowing
        if finding.usable:
            assert ratio(finding.comparison.ratio) in flowing
            assert interval(finding.comparison.ci95) in flowing
    assert max(map(len, text.splitlines())) <= width


def test_a_wide_terminal_gets_one_table_row_for_each_comparison() -> None:
    lines = printed(samples.run(samples.ten_times_faster()), width=160).splitlines()
    (row,) = (line for line in lines if "product-list" in line)
    for cell in (
        "naive → prefetched",
        "18.2 → 1.70 ms",
        "0.0931 [0.0912, 0.0950]",
        "faster",
        "62 → 3 ",
        "62 → 3 queries, database 9.40 → 0.62 ms",
    ):
        assert cell in row


def test_a_narrow_terminal_gets_a_block_for_each_comparison() -> None:
    lines = printed(samples.run(samples.ten_times_faster()), width=80).splitlines()
    assert lines[0] == "product-list: naive → prefetched"
    assert [line.split()[0] for line in lines[1:6]] == [
        "verdict",
        "ratio",
        "p50",
        "queries",
        "reason",
    ]


@pytest.mark.parametrize("width", [80, 160])
def test_an_invalid_experiment_shows_no_ratio_and_no_other_verdict(width: int) -> None:
    text = printed(samples.run(samples.invalid()), width=width)
    assert "faster" not in text
    assert "0.0603" not in text
    assert "Only 40 request pairs were taken" in text
    assert "Give the run more time with --budget." in text


def test_output_to_a_file_has_no_escape_sequences(sample: Run) -> None:
    assert "\x1b" not in printed(sample, width=80)


def test_colour_adds_nothing_that_words_do_not_say(sample: Run) -> None:
    coloured = printed(sample, width=160, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == printed(sample, width=160)


def test_markup_and_control_characters_in_names_are_shown_not_obeyed() -> None:
    hostile = replace(samples.ten_times_faster(), name="[bold]x[/bold]\x1b[2J\n\r")
    text = printed(samples.run(hostile), width=160)
    assert "[bold]x[/bold] [2J" in text
    assert "\x1b" not in text


def test_a_run_cut_short_says_so_first() -> None:
    text = printed(samples.run(samples.slower(), complete=False), width=80)
    assert text.startswith("This run was cut short")


def test_the_last_lines_tell_where_it_was_measured_and_how_to_read_it() -> None:
    *_, where, how = printed(samples.run(samples.slower()), width=160).splitlines()
    assert where.startswith("AMD EPYC 7B13, 2 cores")
    assert how.startswith("Ratio = variant / baseline")


def test_control_and_shared_error_rate_stand_where_people_look() -> None:
    text = " ".join(printed(samples.SAMPLES["controlled"](), width=80).split())
    assert "Control: product-list: naive again and naive differ by less" in text
    assert "The 4 verdicts share an error rate of 5 %" in text


def test_what_ran_beside_is_told() -> None:
    text = printed(samples.SAMPLES["beside others"](), width=160)
    assert "Background: 20 users of shop, 2.90 /s; 1 of 58 requests failed." in text
    assert "1 of 58 requests of the background load of shop failed" in text
