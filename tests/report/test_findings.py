from dataclasses import replace

from headtohead import caveats as declared
from headtohead.measurement import Verdict
from headtohead.report.findings import caveats, findings
from tests.report import samples


def sentence(experiment: samples.ExperimentResult) -> str:
    (finding,) = findings(samples.run(experiment))
    return finding.sentence


def test_a_clear_finding_can_be_quoted() -> None:
    assert sentence(samples.ten_times_faster()) == (
        "product-list: prefetched is 10.7 times faster than naive (ratio 0.0931, 95 % interval"
        " 0.0912 to 0.0950), because 62 → 3 queries, database 9.40 → 0.62 ms."
    )


def test_no_difference_names_the_margin() -> None:
    assert "joined and naive differ by less than the margin of 2 %" in sentence(
        samples.no_difference()
    )


def test_an_inconclusive_finding_says_what_could_have_been_seen() -> None:
    assert "stays open, this run could have seen a difference of about 14 %" in sentence(
        samples.inconclusive()
    )


def test_an_unbounded_interval_is_told_without_a_number() -> None:
    words = sentence(samples.unbounded())
    assert "this run was too short to see any difference" in words
    assert "inf" not in words


def test_an_unresolved_size_claims_no_size() -> None:
    _, joined, compressed = findings(samples.run(samples.several_variants()))
    assert "joined is faster than naive, by how much is unresolved" in joined.sentence
    assert "compressed is slower than naive, by how much is unresolved" in compressed.sentence


def test_an_invalid_experiment_gets_no_verdict_whatever_its_record_says() -> None:
    (finding,) = findings(samples.run(samples.invalid()))
    assert finding.comparison.verdict is Verdict.FASTER
    assert finding.verdict is Verdict.INVALID
    assert not finding.usable
    assert finding.sentence == (
        "category-summary: no verdict on cached against naive, the measurement is invalid:"
        " too-few-pairs, request-errors."
    )


def test_a_comparison_recorded_as_invalid_is_not_usable() -> None:
    experiment = samples.ten_times_faster()
    (comparison,) = experiment.comparisons
    spoiled = replace(experiment, comparisons=(replace(comparison, verdict=Verdict.INVALID),))
    (finding,) = findings(samples.run(spoiled))
    assert not finding.usable
    assert finding.reason == "invalid"


def test_variants_are_numbered_from_the_baseline() -> None:
    found = findings(samples.run(samples.several_variants()))
    assert [finding.series for finding in found] == [1, 2, 3]


def test_a_caveat_shared_by_experiments_is_told_once() -> None:
    busy = declared.busy_machine(share=0.31, invalidates=False)
    first = replace(samples.ten_times_faster(), caveats=(busy,))
    second = replace(samples.slower(), caveats=(busy,))
    assert caveats(samples.run(first, second)) == (("all experiments", busy),)
    assert caveats(samples.run(first, second, samples.no_difference())) == (
        ("product-list, order-history", busy),
    )


def test_a_caveat_of_the_only_experiment_names_it() -> None:
    ((where, _), *_) = caveats(samples.run(samples.invalid()))
    assert where == "category-summary"


def test_throughput_is_told_in_requests_a_second_and_its_direction_is_that_of_more() -> None:
    throughput, *_ = findings(samples.run(samples.under_load()))
    assert throughput.sentence.startswith(
        "product-list with 8 users: prefetched serves 5.12 times as many requests a second as naive"
    )
    assert throughput.sentence.endswith("because 62 → 3 queries, database 9.40 → 0.62 ms.")
    assert throughput.change == "160 → 820 /s"


def test_guardrail_speaks_only_when_it_is_hurt_and_claims_no_cause() -> None:
    _, p50, p95, p99 = findings(samples.run(samples.under_load()))
    assert (p50.quiet, p95.quiet, p99.quiet) == (True, False, True)
    assert p95.sentence == (
        "product-list with 8 users, p95: prefetched takes 31 % more time than naive"
        " (ratio 1.31, 95 % interval 1.26 to 1.36)."
    )
    assert p95.reason == ""


def test_under_load_from_workers_their_number_is_told():
    experiment = replace(samples.under_load(), workers=2)
    throughput, *_ = findings(samples.run(experiment))
    assert throughput.sentence.startswith("product-list with 8 users on 2 workers: ")


def test_queries_that_a_server_does_not_tell_are_not_shown() -> None:
    clear = samples.ten_times_faster()
    (finding,) = findings(samples.run(clear))
    assert finding.queries == "62 → 3"
    baseline, variant = clear.variants
    silent = replace(clear, variants=(replace(baseline, explained=False), variant))
    (finding,) = findings(samples.run(silent))
    assert finding.queries == "n/a"
