from dataclasses import replace

import pytest

from headtohead.errors import MeasurementError
from headtohead.measurement import Verdict
from headtohead.run.tally import ComparisonTally, pair_caveats, variant_caveats, variant_result
from tests.run.factories import pair, sample


def tally(pairs: list, *, early_stop: bool = True) -> ComparisonTally:
    return ComparisonTally(
        baseline="one", variant="other", margin=0.02, early_stop=early_stop, pairs=pairs
    )


def test_comparison_sums_up_its_pairs():
    outcome = tally([pair()] * 200).comparison(valid=True)
    assert (outcome.ratio, outcome.ci95) == (pytest.approx(0.5), pytest.approx((0.5, 0.5)))
    assert (outcome.pairs, outcome.seconds) == (200, pytest.approx(3.0))
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
    assert (narrow.interval, wide.interval) == ("randomisation", "confidence sequence")


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


def test_a_body_that_changes_in_content_alone_invalidates_whichever_arm_it_is_of():
    changed = pair(checksum=8)
    caveat, *others = pair_caveats([tally([pair()] * 60), tally([pair()] * 58 + [changed] * 2)])
    assert (caveat.code, caveat.invalidates, others) == ("body-changed", True, [])
    assert "2 of 240 responses" in caveat.message


def test_the_body_of_an_error_is_no_change():
    assert list(pair_caveats([tally([pair()] * 60 + [pair(error="500", checksum=8)])])) == []


def test_a_comparison_that_shares_its_error_rate_settles_later():
    pairs = [pair(variant_ms=10 + (step % 20 - 9.5) / 12) for step in range(300)]
    shared = replace(tally(pairs), stopping_error_rate=0.05 / 1000)
    assert tally(pairs).settle()
    assert not shared.settle()


def test_too_few_pairs_in_any_comparison_invalidate():
    caveat, *others = pair_caveats([tally([pair()] * 100), tally([pair()] * 39)])
    assert (caveat.code, caveat.invalidates, others) == ("too-few-pairs", True, [])
    assert "39" in caveat.message
