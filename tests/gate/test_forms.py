"""What people and CI systems are shown of a gate."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from headtohead.gate import github, gitlab, junit, page, terminal
from headtohead.gate.output import as_json, write_gate
from headtohead.gate.policy import Response
from tests.gate.samples import CHECK, INCONCLUSIVE, PASSED, SLOWER, gate, one_of_each
from tests.report import samples

RECORD = samples.run(*samples.one_of_each())


def test_the_page_begins_with_the_mark_by_which_its_comment_is_found_again():
    assert page.render(one_of_each(), RECORD).startswith("<!-- headtohead -->\n### headtohead: f")


def test_the_page_shows_what_fails_before_what_warns_and_folds_what_passes():
    text = page.render(one_of_each(), RECORD)
    places = [text.index(word) for word in ("**fails**", "| warns", "<details>", "| passes |")]
    assert places[:3] == sorted(places[:3])
    assert "makes 51 queries, not 2: 100% too many SELECT \\<b\\> \\| c, d; do something" in text
    assert "1.21 [1.19, ∞] | 5 %" in text


def test_what_only_the_policy_lets_pass_is_said():
    allowed = replace(INCONCLUSIVE, response=Response.PASS)
    text = page.summary(gate(allowed, PASSED))
    assert text == (
        "The working tree against main: 0 fail, 0 warn, 2 pass, "
        "1 of them only because the policy says so."
    )


def test_a_page_that_a_comment_cannot_hold_is_cut_after_the_gravest():
    many = [replace(SLOWER, subject=f"endpoint-{number}") for number in range(2000)]
    text = page.render(gate(*many), RECORD)
    assert len(text) < 65_536
    assert "endpoint-0" in text
    assert text.endswith("The rest is in the report of run 20260301-101530-5f3c.\n")


def test_a_page_whose_comparison_is_too_long_still_shows_every_judgement(monkeypatch):
    monkeypatch.setattr(page, "LONGEST", len(page.render(one_of_each(), samples.run())))
    text = page.render(one_of_each(), samples.run(*samples.twenty()))
    assert "endpoint" not in text
    assert all(each.subject in text for each in one_of_each().judgements)


def test_junit_counts_failures_errors_and_warnings():
    root = ET.fromstring(junit.render(one_of_each()))  # noqa: S314 (made here)
    suites = {suite.get("name"): suite.attrib for suite in root}
    assert {name: suite["tests"] for name, suite in suites.items()} == {
        "headtohead check": "2",
        "headtohead compare": "4",
    }
    compared = suites["headtohead compare"]
    assert [compared[each] for each in ("failures", "errors", "skipped")] == ["1", "1", "1"]
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len(set(names))
    failure = next(root.iter("failure"))
    assert "51 queries" in failure.text or "slower" in failure.text


def test_an_annotation_stands_on_its_line_and_cannot_begin_another_command():
    lines = list(github.annotations(one_of_each()))
    assert [line.partition(" ")[0] for line in lines] == ["::error"] * 3 + ["::warning"]
    assert (
        "::error title=product-list/prefetched%3A check failed,file=shop/views.py,line=12::"
        "makes 51 queries, not 2: 100%25 too many%0ASELECT <b> | c, d; do something"
    ) in lines


def test_gitlab_recognises_an_issue_whatever_its_figures_are():
    first, second = (
        json.loads(gitlab.code_quality(gate(replace(SLOWER, message=message))))
        for message in ("5 % slower", "6 % slower")
    )
    assert first[0]["fingerprint"] == second[0]["fingerprint"]
    issues = json.loads(gitlab.code_quality(one_of_each()))
    assert len({each["fingerprint"] for each in issues}) == len(issues) == 4
    assert {each["severity"] for each in issues} == {"major", "minor"}
    places = {each["location"]["path"]: each["location"]["lines"]["begin"] for each in issues}
    assert places == {"shop/views.py": 12, "pyproject.toml": 1}


def test_metrics_hold_every_ratio_that_was_measured():
    (family,) = text_string_to_metric_families(gitlab.metrics(one_of_each()))
    assert {each.labels["endpoint"]: each.value for each in family.samples} == {
        "product-list": 1.21,
        "detail": 0.5,
    }


@pytest.mark.parametrize("width", [60, 160])
def test_the_terminal_shows_what_is_not_well_and_how_it_ended(width):
    console = Console(width=width, record=True, file=None, force_terminal=False, quiet=False)
    with console.capture() as printed:
        terminal.render(one_of_each(), console=console)
    text = re.sub(r"\s+", " ", printed.get())
    assert "fails product-list/prefetched: check failed makes 51 queries" in text
    assert "Nothing wrong found with summary." in text
    assert "Gate failed. The working tree against main: 3 fail, 1 warns, 2 pass." in text


def test_every_form_is_written_and_what_machines_read_says_how_it_ended(tmp_path):
    write_gate(one_of_each(), RECORD, tmp_path / "gate")
    names = {path.name for path in (tmp_path / "gate").iterdir()}
    assert names == {"comment.md", "junit.xml", "code-quality.json", "metrics.txt", "gate.json"}
    written = json.loads((tmp_path / "gate" / "gate.json").read_text())
    assert written == json.loads(as_json(one_of_each()))
    assert (written["schema"], written["result"]) == (1, "failed")
    judged = written["judgements"]
    slower = next(each for each in judged if each["kind"] == "slower")
    assert slower["measured"]["ci95"] == [1.19, None]
    assert next(each for each in judged if each["kind"] == "checks")["source"]["line"] == 12
    assert CHECK.text in (tmp_path / "gate" / "junit.xml").read_text().replace("&lt;", "<").replace(
        "&gt;", ">"
    )
