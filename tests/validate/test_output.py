import io
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from headtohead.errors import RecordError
from headtohead.validate import terminal
from headtohead.validate.output import write_outputs
from headtohead.validate.plots import POWER_RULES
from headtohead.validate.record import Validation, read_validation
from headtohead.validate.rules import RULES
from headtohead.validate.summary import summarise
from tests.validate.factories import trace
from tests.validate.test_summary import SETUP


@pytest.fixture(scope="module")
def validation() -> Validation:
    traces = [
        trace(scenario=name, effect=effect, seed=seed, pairs=300)
        for seed, (name, effect) in enumerate(
            [("aa-quiet", 0.0), ("aa-quiet", 0.0), ("aa-bursty", 0.0), ("busy-10", 0.1)]
        )
    ]
    return summarise(SETUP, traces, rules=RULES)


def test_record_round_trip(validation, tmp_path):
    write_outputs(validation, tmp_path)
    assert read_validation(tmp_path) == validation
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1}'])
def test_what_is_no_record_is_refused(tmp_path, text):
    (tmp_path / "validation.json").write_text(text)
    with pytest.raises(RecordError, match="no record of a validation"):
        read_validation(tmp_path)


@pytest.mark.parametrize("name", ["false-alarms.svg", "power.svg"])
def test_pictures_are_well_formed_and_need_nothing_beside_them(validation, tmp_path, name):
    write_outputs(validation, tmp_path)
    text = (tmp_path / name).read_text()
    root = ET.fromstring(text)  # noqa: S314 (written a line above)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert text.count("http") == 1
    words = "".join(root.itertext())
    expected = POWER_RULES if name == "power.svg" else [rule.name for rule in RULES]
    assert all(rule in words for rule in expected)


def test_page_shows_every_rule_every_table_and_both_pictures(validation, tmp_path):
    write_outputs(validation, tmp_path)
    page = (tmp_path / "validation.md").read_text()
    assert "](false-alarms.svg)" in page
    assert "](power.svg)" in page
    for title in ("Goals", "False alarms", "Effects found", "Precision and time", "Rules"):
        assert f"\n## {title}\n" in page
    assert all(f"\n| {rule.name} |" in page for rule in RULES)
    tables = [block for block in page.split("\n\n") if block.startswith("|")]
    for table in tables:
        assert len({line.replace("\\|", "").count("|") for line in table.splitlines()}) == 1


def test_terminal_prints_the_same_tables(validation):
    console = Console(file=io.StringIO(), width=200)
    terminal.render(validation, console=console)
    printed = console.file.getvalue()
    assert "0 of 2" in printed
    assert "github-action-benchmark 200%" in printed


def test_the_plot_names_rules_that_exist():
    assert set(POWER_RULES) <= {rule.name for rule in RULES}
