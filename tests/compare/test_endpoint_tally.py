"""What launches of both revisions amount to."""

from dataclasses import replace

import numpy as np
import pytest

from headtohead.analysis.results import Verdict
from headtohead.analysis.verdicts import CLAIM_ALPHA
from headtohead.compare.endpoint_tally import EndpointTally, judged
from headtohead.compare.endpoints import CONTROL, ComparedEndpoint
from headtohead.records.results import ExperimentResult
from tests.run.factories import pair

PAIRS = 40


def tally(
    *, ratio: float = 1.0, launches: int = 8, seed: int = 1, name: str = "products", **changes
) -> EndpointTally:
    """Launches whose pairs vary by 2 %, and that differ from each other by half a percent."""
    random = np.random.default_rng(seed)
    taken = []
    for _ in range(launches):
        luck = random.normal(0, 0.005)
        noise = random.normal(luck, 0.02, PAIRS)
        taken.append(
            [pair(baseline_ms=10.0, variant_ms=10.0 * ratio * np.exp(each)) for each in noise]
        )
    given = {"margin": 0.05, "seed": 1, "launches": taken, **changes}
    return EndpointTally(endpoint=ComparedEndpoint(name=name, path=f"/{name}/"), **given)


def results(*tallies: EndpointTally) -> tuple[ExperimentResult, ...]:
    return judged(tallies, [each.measured(question="?").result for each in tallies])


def verdicts(*tallies: EndpointTally) -> list[Verdict]:
    return [each.comparisons[0].verdict for each in results(*tallies)]


def test_a_slowdown_is_claimed_and_its_size_is_that_over_launches():
    (result,) = results(tally(ratio=1.2))
    (comparison,) = result.comparisons
    assert comparison.verdict is Verdict.SLOWER
    assert comparison.ratio == pytest.approx(1.2, rel=0.01)
    assert comparison.ci95[0] < 1.2 < comparison.ci95[1]
    assert (result.valid, comparison.pairs) == (True, 8 * PAIRS)


@pytest.mark.simulation
def test_equals_are_not_claimed_to_differ():
    assert verdicts(*(tally(seed=seed, name=f"e-{seed}") for seed in range(20))) == (
        [Verdict.NO_DIFFERENCE] * 20
    )


def test_endpoints_share_the_rate_at_which_any_may_be_wrong():
    found = results(tally(name="one"), tally(name="other", seed=2))
    assert [each.comparisons[0].alpha for each in found] == [pytest.approx(CLAIM_ALPHA / 2)] * 2


def test_an_endpoint_has_the_margin_that_it_is_given():
    assert verdicts(tally(ratio=1.2, margin=0.5)) == [Verdict.NO_DIFFERENCE]


def test_luck_of_launches_is_no_effect():
    # One launch of four is slow; over its pairs alone that would be beyond doubt.
    slow = tally(ratio=1.3, launches=1, seed=2)
    others = tally(launches=3)
    others.launches += slow.launches
    assert verdicts(others) == [Verdict.INCONCLUSIVE]


def test_a_result_says_what_was_sent():
    endpoint = ComparedEndpoint(name="post-orders", path="/orders/", method="POST", body="{}")
    (result,) = results(replace(tally(), endpoint=endpoint))
    assert (result.name, result.method, result.path) == ("post-orders", "POST", "/orders/")


def test_a_control_compares_base_with_another_server_of_it():
    (result,) = results(tally(variant=CONTROL))
    assert [each.name for each in result.variants] == ["base", "base again"]


def test_too_few_launches_are_no_measurement():
    (result,) = results(tally(ratio=1.2, launches=3))
    assert [each.code for each in result.caveats if each.invalidates] == ["too-few-launches"]
    assert result.comparisons[0].verdict is Verdict.INVALID


def test_a_launch_without_a_sound_pair_does_not_count():
    failing = tally(ratio=1.2, launches=4)
    failing.launches[0] = [pair(error="500")] * 3
    (result,) = results(failing)
    assert {each.code for each in result.caveats if each.invalidates} >= {"too-few-launches"}
