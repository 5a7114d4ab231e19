from dataclasses import replace

import pytest
from msgspec import structs

from headtohead.analysis.results import Verdict
from headtohead.errors import MeasurementError
from headtohead.modes.arms import variant_caveats, variant_result
from headtohead.modes.latency.pair_tally import ComparisonTally, pair_caveats
from headtohead.validity import comparison, requests, sample_size
from tests.run.factories import pair, sample


def tally(pairs: list, *, early_stop: bool = True) -> ComparisonTally:
    return ComparisonTally(
        baseline="one", variant="other", margin=0.02, early_stop=early_stop, pairs=pairs
    )


def test_comparison_sums_up_its_pairs():
    outcome = tally([pair()] * 200).comparison(valid=True)
    assert (outcome.ratio, outcome.ci95) == (pytest.approx(0.5), pytest.approx((0.5, 0.5)))
    assert (outcome.pairs, outcome.seconds) == (200, pytest.approx(6.0))
    assert outcome.verdict is Verdict.FASTER


def test_comparison_that_is_not_valid_has_no_other_verdict():
    assert tally([pair()] * 200).comparison(valid=False).verdict is Verdict.INVALID


def test_pairs_with_an_error_do_not_count_towards_the_ratio():
    failed = pair(variant_ms=0.1, error="500")
    outcome = tally([pair()] * 200 + [failed] * 10).comparison(valid=True)
    assert (outcome.pairs, outcome.ratio) == (200, pytest.approx(0.5))


def test_no_sound_pair_is_an_error_that_quotes_the_first_failure():
    with pytest.raises(MeasurementError, match="refused"):
        tally([pair(error="refused")]).comparison(valid=True)


def test_comparison_settles_only_when_it_may_stop_early():
    stopping, fixed = tally([pair()] * 200), tally([pair()] * 200, early_stop=False)
    assert stopping.settle()
    assert not fixed.settle()
    assert stopping.comparison(valid=True).stopped_early
    assert not fixed.comparison(valid=True).stopped_early


def test_fixed_size_comparison_has_the_narrower_interval():
    pairs = [pair(variant_ms=5 + step / 100) for step in range(500)]
    narrow = tally(pairs, early_stop=False).comparison(valid=True)
    wide = tally(pairs).comparison(valid=True)
    assert narrow.detectable < wide.detectable
    # What a reader is told is as wide either way; only the verdict pays for the looks.
    assert (narrow.ci95, narrow.anytime_ci95) == (wide.ci95, None)
    assert wide.anytime_ci95[0] < wide.ci95[0] < wide.ci95[1] < wide.anytime_ci95[1]


def disturbed(*, variant_ms: float, washed: float) -> list:
    """Pairs whose variant's requests suffer from the baseline's by a factor."""
    return [
        pair(
            variant_ms=variant_ms,
            baseline_first=number % 2 == 0,
            variant_washed=washed + (number % 20 - 9.5) / 1000,
            baseline_washed=1 + (number % 20 - 9.5) / 1000,
        )
        for number in range(400)
    ]


def test_a_difference_that_carry_over_could_have_left_is_no_verdict():
    for early_stop in (True, False):
        compared = tally(disturbed(variant_ms=10.5, washed=1.12), early_stop=early_stop)
        outcome = compared.comparison(valid=True)
        assert outcome.verdict is Verdict.INCONCLUSIVE
        assert compared.verdict(alpha=0.05) is Verdict.INCONCLUSIVE
        assert outcome.ci95 == (pytest.approx(1.05 / 1.12, rel=0.01), pytest.approx(1.05))
        assert outcome.carry_over.ratio == pytest.approx(1.12, rel=0.01)


def test_a_difference_much_larger_than_the_carry_over_stays_one():
    outcome = tally(disturbed(variant_ms=5.0, washed=1.12)).comparison(valid=True)
    assert outcome.verdict is Verdict.FASTER


def test_carry_over_beyond_the_margin_is_told():
    compared = tally(disturbed(variant_ms=10.0, washed=1.12))
    left = compared.comparison(valid=True).carry_over.ratio
    assert left == pytest.approx(1.12, rel=0.01)
    assert list(pair_caveats([compared])) == [
        comparison.carry_over(baseline="one", variant="other", ratio=left)
    ]
    assert list(pair_caveats([tally(disturbed(variant_ms=10.0, washed=1.01))])) == []


def test_a_failed_washout_makes_its_pair_unsound():
    failed = pair(variant_ms=0.1)
    failed = replace(failed, baseline_washout=structs.replace(failed.baseline_washout, error="500"))
    assert tally([pair()] * 50 + [failed]).comparison(valid=True).pairs == 50


def test_variant_result_averages_what_the_server_counted():
    result = variant_result("one", [sample(milliseconds=10), sample(milliseconds=30)])
    assert (result.requests, result.errors) == (2, 0)
    assert result.latency_ms.mean == 20
    assert result.throughput_rps == 50
    assert (result.queries_per_request, result.db_ms_per_request) == (4, 1.5)
    assert result.cache_hit_ratio == 0.75
    assert result.bytes_per_response == 100


def test_variant_without_cache_lookups_has_no_hit_ratio():
    header = sample().server_timing.replace('desc="3"', 'desc="0"').replace('desc="1"', 'desc="0"')
    assert variant_result("one", [sample(server_timing=header)]).cache_hit_ratio is None


def test_sound_samples_give_no_caveat():
    assert list(variant_caveats("e/one", [sample(), sample()])) == []
    assert list(pair_caveats([tally([pair()] * 40)])) == []


@pytest.mark.parametrize(
    ("samples", "code"),
    [
        ([sample(), sample(error="500")], "request-errors"),
        ([sample(), sample(server_timing="")], "variant-not-applied"),
        ([sample(), sample("other", identity="e/one")], "variant-not-applied"),
    ],
)
def test_unsound_samples_give_a_caveat_that_invalidates(samples, code):
    caveat, *others = variant_caveats("e/one", samples)
    assert (caveat.code, caveat.invalidates, others) == (code, True, [])


def test_a_server_that_explains_nothing_need_not_confirm_the_variant():
    silent = [sample(server_timing=""), sample(server_timing="")]
    assert list(variant_caveats("e/one", silent, reports_timing=False)) == []
    assert not variant_result("one", silent).explained
    assert variant_result("one", [sample()]).explained


def test_a_body_that_changes_in_content_alone_invalidates_whichever_arm_it_is_of():
    changed = pair(checksum=8)
    found = pair_caveats([tally([pair()] * 60), tally([pair()] * 58 + [changed] * 2)])
    assert list(found) == [requests.body_changed(changed=4, requests=480)]


def test_too_few_pairs_come_with_the_budget_that_gives_enough():
    # A pair is two requests to each arm: three seconds.
    slow = [pair(baseline_ms=1000.0, variant_ms=500.0)] * 39
    assert list(pair_caveats([tally([pair()] * 60), tally(slow)])) == [
        sample_size.too_few_pairs(pairs=39, needed=40, budget=144)
    ]


def test_where_no_pair_was_sound_no_budget_is_known():
    assert list(pair_caveats([tally([pair(error="500")])])) == [
        sample_size.too_few_pairs(pairs=0, needed=40)
    ]


def test_the_body_of_an_error_is_no_change():
    assert list(pair_caveats([tally([pair()] * 60 + [pair(error="500", checksum=8)])])) == []


def test_a_comparison_that_shares_its_alpha_settles_later():
    pairs = [pair(variant_ms=10 + (step % 20 - 9.5) / 12) for step in range(300)]
    shared = replace(tally(pairs), stopping_alpha=0.05 / 1000)
    assert tally(pairs).settle()
    assert not shared.settle()


def test_too_few_pairs_in_any_comparison_invalidate():
    (caveat,) = pair_caveats([tally([pair()] * 100), tally([pair()] * 39)])
    assert caveat.message == sample_size.too_few_pairs(pairs=39, needed=40).message
