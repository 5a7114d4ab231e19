import numpy as np
import pytest

from benchmarks.validation.judgement import Claim, Rule
from benchmarks.validation.tool_rules import (
    TOOL_RULES,
    bencher,
    in_sequence,
    interleaved,
    locust_median,
)
from tests.benchmarks.validation.factories import evidence, trace

BY_NAME = {rule.name: rule for rule in TOOL_RULES}
# Enough for any history, with the spread of real runs.
EARLIER = (5.30, 5.31, 5.29, 5.30, 5.32, 5.28, 5.30, 5.31)
EVERY_RULE = pytest.mark.parametrize("rule", TOOL_RULES, ids=BY_NAME)


def claim(name: str, **changes: object) -> Claim:
    return BY_NAME[name].judge(evidence(earlier_ms=EARLIER, **changes)).claim


@EVERY_RULE
def test_every_rule_bites_when_the_variant_takes_three_times_as_long(rule: Rule):
    seen = evidence(earlier_ms=EARLIER, effect=2.0)
    judgement = rule.judge(seen)
    assert judgement.claim is Claim.SLOWER
    assert judgement.ratio > 2
    assert judgement.seconds == seen.trace.seconds


@EVERY_RULE
def test_every_rule_is_quiet_on_a_steady_machine(rule: Rule):
    earlier = tuple(trace(seed=seed).baseline_ms.mean() for seed in range(100, 120))
    claims = [rule.judge(evidence(earlier_ms=earlier, seed=seed)).claim for seed in range(20)]
    assert sum(each is not Claim.NOTHING for each in claims) <= 3


@pytest.mark.parametrize(
    ("name", "effect", "expected"),
    [
        ("pytest-benchmark mean:5%, interleaved", 0.03, Claim.NOTHING),
        ("pytest-benchmark mean:5%, interleaved", 0.08, Claim.SLOWER),
        ("pytest-benchmark min:5%, interleaved", 0.03, Claim.NOTHING),
        ("pytest-benchmark min:5%, interleaved", 0.08, Claim.SLOWER),
        ("github-action-benchmark 200%, interleaved", 0.9, Claim.NOTHING),
        ("github-action-benchmark 200%, interleaved", 1.1, Claim.SLOWER),
        ("asv continuous, interleaved", 0.08, Claim.NOTHING),
        ("asv continuous, interleaved", 0.13, Claim.SLOWER),
        ("asv continuous, interleaved", -0.13, Claim.FASTER),
        ("Welch t, interleaved", 0.03, Claim.SLOWER),
        ("Mann-Whitney, interleaved", 0.03, Claim.SLOWER),
        ("Mann-Whitney, interleaved", -0.03, Claim.FASTER),
        ("benchstat, interleaved", 0.08, Claim.SLOWER),
        ("two Locust runs by mean, in sequence", 0.08, Claim.SLOWER),
    ],
)
def test_thresholds_lie_where_the_tools_have_them(name, effect, expected):
    assert claim(name, effect=effect, noise=0.02) is expected


@pytest.mark.parametrize(
    "name", ["pytest-benchmark mean:5%", "Welch t", "Mann-Whitney", "benchstat", "asv continuous"]
)
def test_drift_deceives_what_is_measured_in_sequence_and_not_what_is_interleaved(name):
    assert claim(f"{name}, in sequence", drift=0.5) is Claim.SLOWER
    assert claim(f"{name}, interleaved", drift=0.5) is Claim.NOTHING


def test_sequence_takes_the_baseline_from_the_first_half_and_the_variant_from_the_second():
    whole = trace(pairs=100, drift=0.2)
    samples = in_sequence(whole)
    assert np.array_equal(samples.before, whole.baseline_ms[: len(samples.before)])
    assert np.array_equal(samples.after, whole.variant_ms[-len(samples.after) :])
    assert len(samples.before) + len(samples.after) == 100
    assert len(interleaved(whole).before) == len(interleaved(whole).after) == 100


@pytest.mark.parametrize(
    ("milliseconds", "median"), [([4.4, 4.4, 9.0], 4), ([154.0], 150), ([1540.0], 1500)]
)
def test_locusts_median_is_that_of_rounded_times(milliseconds, median):
    assert locust_median(np.array(milliseconds)) == median


def test_locusts_rounding_hides_an_effect_of_eight_per_cent_on_a_fast_endpoint():
    times = {"baseline_ms": np.full(100, 5.0), "variant_ms": np.full(100, 5.4)}
    seen = evidence(pairs=100, **times)
    assert BY_NAME["two Locust runs by median, in sequence"].judge(seen).claim is Claim.NOTHING
    assert BY_NAME["two Locust runs by mean, in sequence"].judge(seen).claim is Claim.SLOWER


@pytest.mark.parametrize("earlier", [(), (5.0,), (5.0, 5.0)])
def test_bencher_says_nothing_without_a_history_that_varies(earlier):
    assert bencher(evidence(earlier_ms=earlier)) is None


def test_bencher_alerts_above_the_quantile_of_its_history():
    """Two results of 4 and 6: mean 5, deviation 1, t quantile 31.8205 at one degree of freedom."""
    just_below, just_above = (
        bencher(evidence(earlier_ms=(4.0, 6.0), pairs=10, variant_ms=np.full(10, result)))
        for result in (36.8, 36.9)
    )
    assert (just_below.claim, just_above.claim) == (Claim.NOTHING, Claim.SLOWER)
