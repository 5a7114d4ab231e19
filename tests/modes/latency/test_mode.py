import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from headtohead.analysis.results import Verdict
from headtohead.config import Config
from headtohead.modes.latency.mode import LatencyMode
from headtohead.modes.latency.verdicts import MeasuredPairs
from headtohead.modes.mode import Progress
from headtohead.stack.target import Target
from tests.check.test_equal_answers import experiment
from tests.processes import children_of_load


def measured(
    path: str,
    *,
    url: str,
    on_progress: Callable[[Progress], None] = lambda _: None,
    against_itself: bool = False,
    **settings: object,
) -> MeasuredPairs:
    # A wide margin settles after few pairs, a long budget lets even a busy machine get there.
    config = Config(**{"root": Path(), "budget": 60.0, "margin": 0.3, "warm_up": 5, **settings})
    return LatencyMode(comparisons_in_run=1, against_itself=against_itself).measure(
        experiment(path),
        target=Target(base_url=url, token="secret", rows=0, servers={}),
        config=config,
        seed=7,
        on_progress=on_progress,
    )


def generator() -> psutil.Process:
    """The load generator that this process has started."""
    (found,) = children_of_load("process")
    return found


def test_a_slow_baseline_makes_the_variant_faster(variants_server):
    outcome = measured("/slow-baseline", url=variants_server)
    comparison = outcome.result.comparisons[0]
    assert comparison.verdict in {Verdict.FASTER, Verdict.FASTER_SIZE_UNRESOLVED}
    assert comparison.ci95[0] <= comparison.ratio <= comparison.ci95[1] < 1
    assert outcome.result.variant("one").queries_per_request == 40
    assert outcome.result.variant("other").queries_per_request == 2
    assert outcome.result.pairs == len(outcome.pairs) == comparison.pairs
    assert outcome.result.seed == 7
    assert outcome.result.valid


def test_baseline_against_itself_is_confirmed_and_named_apart(variants_server):
    result = measured("/slow-baseline", url=variants_server, against_itself=True).result
    assert result.question == "Does one differ from itself?"
    assert [variant.name for variant in result.variants] == ["one", "one again"]
    assert {variant.queries_per_request for variant in result.variants} == {40}
    assert [each.variant for each in result.comparisons] == ["one again"]
    assert result.valid


def test_progress_tells_pairs_ratio_and_the_time_left(variants_server):
    watched: list[Progress] = []
    settings = {"budget": 1.5, "margin": 0.0001}
    measured("/slow-baseline", url=variants_server, on_progress=watched.append, **settings)
    assert len(watched) > 2
    assert watched[-1].pairs > watched[0].pairs
    assert watched[-1].ratio < 1
    assert watched[-1].seconds_left < watched[0].seconds_left < 1.5


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/failing-later", "request-errors"),
        ("/growing", "body-changed"),
        ("/rewritten", "body-changed"),
        ("/unapplied", "variant-not-applied"),
    ],
)
def test_what_goes_wrong_while_measuring_invalidates_the_result(path, code, variants_server):
    result = measured(path, url=variants_server).result
    assert not result.valid
    assert code in {caveat.code for caveat in result.caveats}
    assert result.comparisons[0].verdict is Verdict.INVALID


def test_a_request_that_is_work_for_the_client_shows_in_the_generators_share(variants_server):
    waiting = measured("/slow-baseline", url=variants_server).result.generator
    unpacking = measured("/packed", url=variants_server).result.generator
    assert unpacking.cpu_share > 2 * waiting.cpu_share


def test_a_generator_that_is_stopped_for_a_while_invalidates_the_result(variants_server):
    def stop_once(_: Progress) -> None:
        if not stopped:
            stopped.append(generator())
            stopped[0].suspend()
            time.sleep(1.5)
            stopped[0].resume()

    stopped: list[psutil.Process] = []
    result = measured(
        "/slow-baseline", url=variants_server, on_progress=stop_once, early_stop=False, budget=2.0
    ).result
    assert result.generator.lag_max_ms > 1400
    assert "held-up" in {caveat.code for caveat in result.caveats}
    assert result.comparisons[0].verdict is Verdict.INVALID
