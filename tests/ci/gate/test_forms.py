"""What CI systems rely on in the forms of a gate; the words are in golden files."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from prometheus_client.parser import text_string_to_metric_families

from headtohead.ci.gate import github, gitlab, junit, report, write_files
from tests.ci.gate.samples import CHECK, PASSED, SLOWER, every_judgement, gate, one_of_each
from tests.report import samples

RECORD = samples.run(*samples.one_of_each())


def test_the_page_begins_with_the_mark_by_which_its_comment_is_found_again():
    assert report.render(one_of_each(), RECORD).startswith(report.MARKER)


def test_a_page_that_a_comment_cannot_hold_is_cut_after_the_gravest():
    many = [replace(SLOWER, subject=f"endpoint-{number}") for number in range(2000)]
    text = report.render(gate(*many), RECORD)
    assert len(text) < 65_536
    assert "endpoint-0" in text
    assert RECORD.run_id in text.splitlines()[-1]


def test_a_page_whose_comparison_is_too_long_still_shows_every_judgement(monkeypatch):
    monkeypatch.setattr(report, "LONGEST", len(report.render(one_of_each(), samples.run())))
    text = report.render(one_of_each(), samples.run(*samples.twenty()))
    assert "listing-1" not in text
    assert all(each.subject in text for each in one_of_each().judgements)


@pytest.mark.parametrize("judgements", [(CHECK, SLOWER), (CHECK, SLOWER, PASSED)])
@pytest.mark.parametrize("room", [0, 40, 400, 4000])
def test_a_page_that_is_cut_keeps_the_last_judgement_and_closes_its_folds(
    judgements, room, monkeypatch
):
    told = [each for each in judgements if each is not PASSED]
    short = len(report.render(gate(*told), samples.run()).partition("<details>")[0])
    monkeypatch.setattr(report, "LONGEST", short + 80 + room)
    text = report.render(gate(*judgements), samples.run(*samples.twenty()))
    assert len(text) <= short + 80 + room
    assert all(each.subject in text for each in told)
    assert text.count("<details>") == text.count("</details>")


def test_junit_has_no_case_twice():
    root = ET.fromstring(junit.render(every_judgement()))  # noqa: S314 (made here)
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len(set(names)) == len(every_judgement().judgements)


def test_an_annotation_stands_on_its_line_and_cannot_begin_another_command():
    hostile = replace(CHECK, message="100%\r\n::error::x", subject="a:b,c\n::error::x")
    (line,) = github.annotations(gate(hostile))
    assert len(line.splitlines()) == 1
    properties = line.removeprefix("::error ").partition("::")[0]
    assert [each.partition("=")[0] for each in properties.split(",")] == ["title", "file", "line"]
    assert properties.endswith(f"file={CHECK.source.path},line={CHECK.source.line}")


def test_gitlab_recognises_an_issue_whatever_its_figures_are():
    first, second = (
        json.loads(gitlab.code_quality(gate(replace(SLOWER, message=message))))
        for message in ("5 % slower", "6 % slower")
    )
    assert first[0]["fingerprint"] == second[0]["fingerprint"]
    issues = json.loads(gitlab.code_quality(every_judgement()))
    assert len({each["fingerprint"] for each in issues}) == len(issues)


def test_metrics_hold_every_ratio_that_was_measured():
    (family,) = text_string_to_metric_families(gitlab.metrics(one_of_each()))
    assert {each.labels["endpoint"]: each.value for each in family.samples} == {
        "product-list": 1.21,
        "detail": 0.5,
    }


def test_the_record_says_how_it_ended(tmp_path):
    write_files.write_gate(one_of_each(), RECORD, tmp_path)
    judged = json.loads((tmp_path / "gate.json").read_text())
    assert (judged["schema"], judged["result"]) == (1, "failed")
    slower = next(each for each in judged["judgements"] if each["kind"] == "slower")
    # JSON has no infinity.
    assert slower["measured"]["ci95"] == [1.19, None]
