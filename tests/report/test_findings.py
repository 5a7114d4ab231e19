from dataclasses import replace

from headtohead.analysis.results import Verdict
from headtohead.report.findings import caveats, findings
from headtohead.validity import host as host_rules
from tests.report import samples


def test_an_invalid_experiment_gets_no_verdict_whatever_its_record_says() -> None:
    (finding,) = findings(samples.run(samples.invalid()))
    assert finding.comparison.verdict is Verdict.FASTER
    assert finding.verdict is Verdict.INVALID
    assert not finding.usable


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
    busy = host_rules.busy_machine(share=0.31, invalidates=False)
    first = replace(samples.ten_times_faster(), caveats=(busy,))
    second = replace(samples.slower(), caveats=(busy,))
    assert caveats(samples.run(first, second)) == (("all experiments", busy),)
    assert caveats(samples.run(first, second, samples.no_difference())) == (
        ("product-list, order-history", busy),
    )


def test_a_caveat_of_the_only_experiment_names_it() -> None:
    ((where, _), *_) = caveats(samples.run(samples.invalid()))
    assert where == "category-summary"


def test_guardrail_speaks_only_when_it_is_hurt_and_claims_no_cause() -> None:
    _, p50, p95, p99 = findings(samples.run(samples.under_load()))
    assert (p50.quiet, p95.quiet, p99.quiet) == (True, False, True)
    assert p95.reason == ""


def test_queries_that_a_server_does_not_tell_are_not_shown() -> None:
    clear = samples.ten_times_faster()
    (finding,) = findings(samples.run(clear))
    assert finding.queries == "62 → 3"
    baseline, variant = clear.variants
    silent = replace(clear, variants=(replace(baseline, explained=False), variant))
    (finding,) = findings(samples.run(silent))
    assert finding.queries == "n/a"
