import re
from dataclasses import replace

from headtohead.measurement import Metric, Run
from headtohead.report import markdown
from headtohead.report.findings import findings
from tests.report import samples

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
    found = rows(markdown.render(sample))
    assert len(found) == len(findings(sample))
    named = any(finding.metric is not Metric.LATENCY for finding in findings(sample))
    assert {len(cells) for cells in found} == {COLUMNS + named}


def test_a_row_shows_the_numbers_of_the_record() -> None:
    assert rows(markdown.render(samples.run(samples.ten_times_faster()))) == [
        [
            "product-list",
            "naive → prefetched",
            "18.2 → 1.70 ms",
            "0.0931 [0.0912, 0.0950]",
            "**faster**",
            "62 → 3",
            "62 → 3 queries, database 9.40 → 0.62 ms",
        ]
    ]


def test_pipes_newlines_and_markup_in_names_cannot_break_the_table() -> None:
    hostile = replace(samples.ten_times_faster(), name="a|b\n| c <img src=x> `d` *e*")
    text = markdown.render(samples.run(hostile))
    ((name, *_),) = rows(text)
    assert name == r"ab  c \<img src=x\> \`d\` \*e\*"
    assert r"a\|b \| c" in text


def test_an_invalid_experiment_shows_no_ratio_and_no_other_verdict() -> None:
    text = markdown.render(samples.run(samples.invalid()))
    assert "faster" not in text
    assert "0.0603" not in text
    assert "**invalid**" in text
    assert "- **Invalid**, category-summary: Only 40 request pairs were taken" in text


def test_caveats_come_with_advice() -> None:
    text = markdown.render(samples.run(samples.inconclusive()))
    assert "- **Caveat**, search: " in text
    assert "stop other work." in text


def test_twenty_experiments_fit_a_comment() -> None:
    assert len(markdown.render(samples.run(*samples.twenty()))) < COMMENT_LIMIT / 4


def test_a_run_cut_short_says_so() -> None:
    assert "**This run was cut short" in markdown.render(
        samples.run(samples.slower(), complete=False)
    )


def test_control_and_shared_error_rate_are_told() -> None:
    text = markdown.render(samples.SAMPLES["controlled"]())
    assert "\nControl: product-list: naive again and naive differ by less" in text
    assert "The 4 verdicts share an error rate of 5 %" in text


def test_workers_are_told() -> None:
    experiment = replace(samples.under_load(), workers=2)
    assert "Load: 8 users on 2 workers." in markdown.render(samples.run(experiment))


def test_what_ran_beside_is_told() -> None:
    text = markdown.render(samples.SAMPLES["beside others"]())
    assert "\nBackground: 20 users of shop, 2.90 /s; 1 of 58 requests failed.\n" in text
