import re
from dataclasses import replace

from headtohead.analysis.results import Metric
from headtohead.records.run import Run
from headtohead.report.findings import findings
from tests.report import samples
from tests.report.rendering import in_markdown

# What GitHub accepts as a comment.
COMMENT_LIMIT = 65_536
COLUMNS = 7


def rows(text: str) -> list[list[str]]:
    """The cells of the first table's rows below its header."""
    first, *_ = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    table = first.splitlines()
    return [
        [cell.strip() for cell in line.replace(r"\|", "").strip("|").split("|")]
        for line in table[2:]
    ]


def test_every_comparison_has_one_row_of_whole_cells(sample: Run) -> None:
    found = rows(in_markdown(sample))
    assert len(found) == len(findings(sample))
    named = any(finding.metric is not Metric.LATENCY for finding in findings(sample))
    assert {len(cells) for cells in found} == {COLUMNS + named}


def test_pipes_newlines_and_markup_in_names_cannot_break_the_table() -> None:
    hostile = replace(samples.ten_times_faster(), name="a|b\n| c <img src=x> `d` *e*")
    text = in_markdown(samples.run(hostile))
    ((name, *_),) = rows(text)
    assert name == r"ab  c \<img src=x\> \`d\` \*e\*"
    assert r"a\|b \| c" in text


def test_an_invalid_experiment_shows_no_ratio_and_no_other_verdict() -> None:
    text = in_markdown(samples.run(samples.invalid()))
    assert "faster" not in text
    assert "0.0603" not in text


def test_twenty_experiments_fit_a_comment() -> None:
    assert len(in_markdown(samples.run(*samples.twenty()))) < COMMENT_LIMIT / 4
