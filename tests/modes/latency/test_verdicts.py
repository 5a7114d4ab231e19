import pytest

from headtohead.analysis.results import Verdict
from headtohead.modes.latency.pair_tally import ComparisonTally
from headtohead.modes.latency.verdicts import MeasuredPairs, judged_together
from headtohead.modes.open_model.mode import MeasuredOpen, OpenMode
from headtohead.modes.throughput.mode import MeasuredLoad, ThroughputMode
from headtohead.validity import host, sample_size
from tests.report import samples
from tests.report.samples import NAIVE, experiment, variant
from tests.run.factories import pair


def measured(variant_ms: list[float], *, valid: bool = True) -> MeasuredPairs:
    """An experiment with one comparison, whose baseline takes 10 ms."""
    tally = ComparisonTally(
        baseline="naive",
        variant="other",
        margin=0.02,
        early_stop=False,
        pairs=[pair(variant_ms=milliseconds) for milliseconds in variant_ms],
    )
    result = experiment(
        "e",
        variants=(NAIVE, variant("other", median=5)),
        comparisons=(tally.comparison(valid=valid),),
        caveats=() if valid else (sample_size.too_few_pairs(pairs=1, needed=40),),
    )
    return MeasuredPairs(result=result, tallies=(tally,), pairs=tuple(tally.pairs))


# Of a hundred pairs 61 are slower: seldom by chance alone, often enough among five comparisons.
DOUBTFUL = [10 + (step - 38.5) / 100 for step in range(100)]
CLEAR = [5.0] * 100


def outcomes(*experiments: MeasuredPairs) -> list[tuple[Verdict, float]]:
    return [
        (comparison.verdict, round(comparison.alpha, 6))
        for result in judged_together(experiments)
        for comparison in result.comparisons
    ]


def test_a_comparison_by_itself_has_the_verdict_of_its_printed_interval():
    (outcome,) = outcomes(measured(DOUBTFUL))
    assert outcome == (measured(DOUBTFUL).result.comparisons[0].verdict, 0.05)
    assert outcome[0] is not Verdict.INCONCLUSIVE


def test_among_others_the_same_pairs_say_less_and_print_the_same_interval():
    results = judged_together([measured(DOUBTFUL)] * 5)
    assert {result.comparisons[0].verdict for result in results} == {Verdict.INCONCLUSIVE}
    assert results[0].comparisons[0].ci95 == measured(DOUBTFUL).result.comparisons[0].ci95


def test_clear_answers_leave_their_part_to_the_doubtful():
    assert outcomes(measured(CLEAR), measured(CLEAR), measured(DOUBTFUL)) == [
        (Verdict.FASTER, pytest.approx(0.05 / 3, abs=1e-6)),
        (Verdict.FASTER, pytest.approx(0.05 / 3, abs=1e-6)),
        outcomes(measured(DOUBTFUL))[0],
    ]


def test_an_invalid_experiment_gets_no_verdict_and_stays_in_the_family():
    (invalid, _), (doubtful, rate) = outcomes(measured(CLEAR, valid=False), measured(DOUBTFUL))
    assert (invalid, doubtful, rate) == (Verdict.INVALID, Verdict.INCONCLUSIVE, 0.025)


@pytest.mark.parametrize(
    ("mode", "measured"),
    [
        (ThroughputMode(), MeasuredLoad(result=samples.under_load(), blocks={})),
        (OpenMode(), MeasuredOpen(result=samples.open_model(), stretches=())),
    ],
)
def test_what_was_judged_by_itself_loses_its_verdicts_to_a_caveat_that_came_later(mode, measured):
    (sound,) = mode.judged([measured])
    assert sound == measured.result
    (spoiled,) = mode.judged([measured.with_caveats(host.clock_stepped(seconds=-9))])
    assert {each.verdict for each in spoiled.comparisons} == {Verdict.INVALID}
