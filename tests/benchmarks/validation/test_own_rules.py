import pytest

from benchmarks.validation.judgement import Claim, Rule
from benchmarks.validation.own_rules import OWN_RULES
from tests.benchmarks.validation.factories import evidence, trace

BY_NAME = {rule.name: rule for rule in OWN_RULES}
EVERY_RULE = pytest.mark.parametrize("rule", OWN_RULES, ids=BY_NAME)


@EVERY_RULE
def test_large_effect_is_found_with_its_size(rule: Rule):
    judgement = rule.judge(evidence(effect=0.10, seed=2))
    low, high = judgement.interval
    assert judgement.claim is Claim.SLOWER
    assert low <= 1.10 <= high
    assert judgement.ratio == pytest.approx(1.10, rel=0.02)


@EVERY_RULE
def test_faster_variant_is_called_faster(rule: Rule):
    assert rule.judge(evidence(effect=-0.10)).claim is Claim.FASTER


@EVERY_RULE
def test_equals_are_rarely_told_apart(rule: Rule):
    claims = [rule.judge(evidence(seed=seed)).claim for seed in range(40)]
    # A 95 % interval is wrong in one of twenty; more than six of forty has a chance below 1 %.
    assert sum(claim is not Claim.NOTHING for claim in claims) <= 6


@EVERY_RULE
def test_drift_of_the_machine_deceives_no_rule_on_pairs(rule: Rule):
    assert rule.judge(evidence(drift=0.5, seed=3)).claim is Claim.NOTHING


def test_early_stop_takes_longer_the_nearer_an_effect_is_to_the_margin():
    far, near = (
        BY_NAME["h2h run"].judge(evidence(effect=each, noise=0.02)) for each in (0.3, 0.025)
    )
    assert far.seconds < near.seconds <= trace(effect=0.025, noise=0.02).seconds


def test_early_stop_looks_at_every_report_and_needs_forty_pairs():
    """Without noise the first look at forty pairs, which last 1.2 s, settles it."""
    judgement = BY_NAME["h2h run"].judge(evidence(effect=1.0, noise=0.0, pairs=200))
    assert judgement.claim is Claim.SLOWER
    assert 1.25 - 0.03 <= judgement.seconds <= 1.25


@pytest.mark.parametrize("name", ["h2h run", "h2h run --no-early-stop"])
def test_a_difference_that_may_be_left_from_the_other_arm_is_no_claim(name: str):
    slowed = trace(effect=0.05)
    disturbed = {"variant_washout_ms": slowed.variant_washout_ms * 1.1}
    assert BY_NAME[name].judge(evidence(effect=0.05)).claim is Claim.SLOWER
    found = BY_NAME[name].judge(evidence(effect=0.05, **disturbed))
    assert found.claim is Claim.NOTHING
    assert found.interval[0] < 1 < found.interval[1]


def test_difference_within_the_margin_is_no_claim_but_is_seen_with_a_smaller_one():
    seen = evidence(effect=0.01, pairs=20_000, noise=0.02)
    assert BY_NAME["h2h run --no-early-stop"].judge(seen).claim is Claim.NOTHING
    assert BY_NAME["h2h run --margin 0.005"].judge(seen).claim is Claim.SLOWER
    assert BY_NAME["median"].judge(seen).claim is Claim.SLOWER


def test_rule_that_stops_at_the_first_difference_is_done_before_the_size_is_known():
    seen = evidence(effect=0.05)
    first, settled = (BY_NAME[name].judge(seen) for name in ("first difference", "h2h run"))
    assert first.claim is settled.claim is Claim.SLOWER
    assert first.seconds < settled.seconds


def test_one_look_takes_the_whole_time():
    seen = evidence(effect=0.3)
    assert BY_NAME["h2h run --no-early-stop"].judge(seen).seconds == seen.trace.seconds
