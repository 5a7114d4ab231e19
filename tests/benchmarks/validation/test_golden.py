"""What people read of a validation."""

from dataclasses import replace

import pytest

from benchmarks.validation import markdown, terminal
from benchmarks.validation.record import Cell, RuleRecord, ScenarioRecord, Validation
from benchmarks.validation.rules import RULES
from benchmarks.validation.scenarios import SCENARIOS
from headtohead.records.provenance import GitState
from tests.benchmarks.validation.test_summary import SETUP
from tests.golden import Golden, printed


@pytest.fixture(scope="module")
def validation() -> Validation:
    """Every rule on every scenario, each with other numbers; one could judge no equals."""
    scenarios = tuple(
        ScenarioRecord(
            name=each.name,
            meaning=each.meaning,
            percent=each.percent,
            equals=each.delay is None,
            trials=300,
            seconds=10.0 * each.stretch,
            pairs=1000 + number,
            delay_ms=each.percent / 20,
            true_ratio=1 + each.percent / 100,
            halves_apart=number / 1000,
            busy_share=number / 500,
            busiest_share=number / 50,
            added_ms=each.percent / 19,
        )
        for number, each in enumerate(SCENARIOS, start=1)
    )
    cells = tuple(
        cell(number, rule.name, scenario, seconds=seconds)
        for number, rule in enumerate(RULES)
        for scenario in scenarios
        for seconds in sorted({10.0, scenario.seconds})
        if not (rule is RULES[-1] and scenario.equals)
    )
    rules = tuple(
        RuleRecord(name=rule.name, own=rule.own, source=rule.source, margin=rule.margin)
        for rule in RULES
    )
    setup = replace(SETUP, git=GitState(commit="8f14e45fceea" + "0" * 28, dirty=False))
    return Validation(schema=1, setup=setup, scenarios=scenarios, rules=rules, cells=cells)


def cell(number: int, rule: str, scenario: ScenarioRecord, *, seconds: float) -> Cell:
    """What the rule of that number made of it: more and more claims, and ever less precise ones."""
    claims = number % 4 if scenario.equals else 300 - 2 * number - int(scenario.percent) // 5
    stated = 300 if number % 5 else 0
    return Cell(
        rule=rule,
        scenario=scenario.name,
        budget=seconds,
        trials=300,
        slower=claims,
        faster=number % 3,
        intervals=stated,
        covered=stated and 277 + 3 * number % 20,
        half_width=number / 1000 if stated else None,
        bias=number % 4 * 0.0011,
        seconds_p50=seconds / 3 + number / 10,
        seconds_p90=seconds / 2 + number / 10,
        bias_error=None if number == 1 else 0.01 if number == 7 else 0.0005,
    )


def test_terminal(golden: Golden, validation: Validation) -> None:
    golden("validation.txt", printed(terminal.render, validation, width=240))


def test_markdown(golden: Golden, validation: Validation) -> None:
    golden("validation.md", markdown.render(validation, pictures="validation/"))
