import re
from dataclasses import replace

import pytest

from headtohead.records.run import Run
from headtohead.report.findings import findings
from headtohead.report.numbers import interval, ratio
from tests.report import samples
from tests.report.rendering import in_terminal


@pytest.mark.parametrize("width", [40, 80, 160, 240])
def test_every_finding_is_shown_whole_at_any_width(sample: Run, width: int) -> None:
    text = in_terminal(sample, width=width)
    flowing = " ".join(text.split())
    for finding in findings(sample):
        assert finding.experiment.name in "".join(text.split())
        assert finding.verdict in flowing
        if finding.usable:
            assert ratio(finding.comparison.ratio) in flowing
            assert interval(finding.comparison.ci95) in flowing
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("width", [80, 160])
def test_an_invalid_experiment_shows_no_ratio_and_no_other_verdict(width: int) -> None:
    text = in_terminal(samples.run(samples.invalid()), width=width)
    assert "faster" not in text
    assert "0.0603" not in text


def test_output_to_a_file_has_no_escape_sequences(sample: Run) -> None:
    assert "\x1b" not in in_terminal(sample, width=80)


def test_colour_adds_nothing_that_words_do_not_say(sample: Run) -> None:
    coloured = in_terminal(sample, width=160, colour=True)
    assert "␛[" in coloured
    # Spaces at the end of a line are stripped where no colour ends after them.
    plain = re.sub(r"␛\[[\d;]*m", "", coloured).splitlines()
    assert [line.rstrip() for line in plain] == in_terminal(sample, width=160).splitlines()


def test_markup_and_control_characters_in_names_are_shown_not_obeyed() -> None:
    hostile = replace(samples.ten_times_faster(), name="[bold]x[/bold]\x1b[2J\n\r")
    text = in_terminal(samples.run(hostile), width=160)
    assert r"[bold]x[/bold]\x1b[2J" in text
    assert "\x1b" not in text
