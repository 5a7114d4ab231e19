from dataclasses import replace

import pytest

from headtohead.analysis.results import Verdict
from headtohead.modes.latency.negative_control import comparing_with_itself
from headtohead.records.results import ExperimentResult
from headtohead.validity import comparison as comparison_rules
from headtohead.validity import sample_size
from headtohead.validity.comparison import control_caveats
from tests.load.generator.test_process import plan
from tests.report.samples import no_difference, ten_times_faster


def control(verdict: Verdict) -> ExperimentResult:
    result = no_difference()
    (comparison,) = result.comparisons
    return replace(result, comparisons=(replace(comparison, verdict=verdict),))


def test_both_arms_of_a_control_are_the_same_request():
    itself = comparing_with_itself(plan("http://127.0.0.1:9"))
    assert itself.arms == (itself.baseline, itself.baseline)


def test_a_baseline_that_differs_from_itself_beyond_the_margin_invalidates():
    (caveat,) = control_caveats(ten_times_faster())
    assert caveat == comparison_rules.control_failed(experiment="product-list", ratio=0.0931)


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {Verdict.FASTER, Verdict.SLOWER}))
def test_anything_else_does_not(verdict):
    assert list(control_caveats(control(verdict))) == []


def test_a_control_that_could_not_be_measured_is_told():
    short = replace(
        control(Verdict.INVALID), caveats=(sample_size.too_few_pairs(pairs=9, needed=40),)
    )
    (caveat,) = control_caveats(short)
    assert caveat == comparison_rules.no_control(experiment=short.name, reason="too-few-pairs")


def test_where_there_is_a_second_server_the_control_compares_the_two():
    itself = comparing_with_itself(plan("http://127.0.0.1:9"), second_url="http://127.0.0.1:8")
    (again,) = itself.variants
    assert again == replace(itself.baseline, base_url="http://127.0.0.1:8")
