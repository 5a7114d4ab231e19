import pytest

from benchmarks.validation.scenarios import (
    QUICK_SCENARIOS,
    SCENARIOS,
    planned_trials,
    select_scenarios,
)
from headtohead.errors import ConfigurationError


def names(*, runs: int, seed: int = 1) -> list[str]:
    return [scenario.name for scenario, _ in planned_trials(SCENARIOS, runs=runs, seed=seed)]


def test_every_round_takes_every_scenario_once_in_an_order_of_its_own():
    size = len(SCENARIOS)
    rounds = [names(runs=4)[start : start + size] for start in range(0, 4 * size, size)]
    assert all(sorted(each) == sorted(s.name for s in SCENARIOS) for each in rounds)
    assert len({tuple(each) for each in rounds}) == 4


def test_more_runs_go_on_where_fewer_ended():
    assert names(runs=5)[: 3 * len(SCENARIOS)] == names(runs=3)


def test_issue_of_effects_is_covered_by_work_and_by_sleep():
    found = {(each.delay, each.percent) for each in SCENARIOS if each.delay}
    assert found == {(kind, percent) for kind in ("busy", "sleep") for percent in (1, 2, 3, 5, 10)}


def test_selection_keeps_to_names_and_refuses_others():
    assert [each.name for each in select_scenarios(QUICK_SCENARIOS)] == list(QUICK_SCENARIOS)
    assert select_scenarios([]) == SCENARIOS
    with pytest.raises(ConfigurationError, match="aa-quiet"):
        select_scenarios(["aa-quite"])
