from xml.etree import ElementTree as ET

import pytest

from benchmarks.validation.output import write_outputs
from benchmarks.validation.plots import POWER_RULES
from benchmarks.validation.record import Validation, read_validation
from benchmarks.validation.rules import RULES
from benchmarks.validation.summary import summarise
from headtohead.errors import RecordError
from tests.benchmarks.validation.factories import trace
from tests.benchmarks.validation.test_summary import SETUP


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


def test_the_plot_names_rules_that_exist():
    assert set(POWER_RULES) <= {rule.name for rule in RULES}
