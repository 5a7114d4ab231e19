from pathlib import Path

import pytest

from headtohead.analysis.results import Metric, Verdict
from headtohead.config import Config
from headtohead.errors import ConfigurationError, MeasurementError
from headtohead.modes.latency.mode import LatencyMode
from headtohead.modes.mode import Progress
from headtohead.modes.open_model.mode import MeasuredOpen, OpenMode
from headtohead.modes.throughput.mode import ThroughputMode
from headtohead.records.results import ExperimentResult
from headtohead.stack.target import Target
from tests.check.test_equal_answers import experiment
from tests.modes.throughput.test_mode import config as closed_config

RATE = 40.0
# In the second round, the third request of a stretch: warm-up, three stretches and two requests on.
STALL = 2 * 8 + 3 * 10 + 3
STALLING = f"/stalling?at={STALL}"
# After the warm-up and eight pairs, the second request of a pair: one that is compared.
STALLING_PAIRS = f"/stalling?at={2 * 8 + 8 * 4 + 2}"


def config(**changes: object) -> Config:
    fields = {"mode": "open", "budget": 5.0, "block": 0.25, "warm_up": 8, "rate": RATE}
    return Config(root=Path(), **fields | {"arrivals": "constant"} | changes)


def target(url: str) -> Target:
    return Target(base_url=url, token="secret", rows=0, servers={})


def measured(path: str, *, url: str, watched: list | None = None, **changes: object):
    return OpenMode().measure(
        experiment(path),
        target=target(url),
        config=config(**changes),
        seed=7,
        on_progress=(watched if watched is not None else []).append,
    )


def codes(result: ExperimentResult) -> set[str]:
    return {caveat.code for caveat in result.caveats}


def rows(outcome: MeasuredOpen, folder: Path) -> list[list[str]]:
    outcome.write_raw(folder)
    header, *lines = (folder / "arrivals" / "e.csv").read_text().splitlines()
    assert header == "round,variant,intended,lateness_ms,service_ms,response_ms,error"
    return [line.split(",") for line in lines]


def test_slow_baseline_makes_the_variant_respond_faster(variants_server, tmp_path):
    watched: list[Progress] = []
    outcome = measured("/slow-baseline", url=variants_server, watched=watched)
    result = outcome.result
    comparisons = {each.metric: each for each in result.comparisons}
    assert list(comparisons) == [Metric.LATENCY, Metric.P95, Metric.P99]
    assert comparisons[Metric.LATENCY].ratio < 1
    one, other = result.variants
    assert one.latency_ms.p50 >= 4
    assert one.open_model.service_ms.p50 >= 4
    assert one.latency_ms.p50 >= one.open_model.service_ms.p50
    assert (one.queries_per_request, other.queries_per_request) == (40, 2)
    assert one.open_model.planned == one.open_model.sent == one.requests
    assert one.open_model.planned == other.open_model.planned
    assert one.open_model.rate_planned == pytest.approx(RATE)
    assert (result.offered.rate, result.offered.arrivals) == (RATE, "constant")
    assert watched[-1].pairs == result.pairs == comparisons[Metric.LATENCY].pairs
    assert watched[-1].ratio < 1
    traffic = watched[-1].traffic
    assert traffic.rate == RATE
    assert traffic.late_seconds is not None
    assert any(arm.turned_to for each in watched for arm in each.traffic.arms.values())
    raw = rows(outcome, tmp_path)
    assert len(raw) == one.requests + other.requests
    for *_, lateness, service, response, error in raw:
        assert float(response) == pytest.approx(float(lateness) + float(service), abs=1)
        assert not error


def slowest(result: ExperimentResult, percentile: str) -> float:
    return max(getattr(variant.latency_ms, percentile) for variant in result.variants)


def longest(result: ExperimentResult) -> float:
    return max(variant.latency_ms.quantiles[100] for variant in result.variants)


def test_stall_of_a_second_shows_in_the_open_models_p99(variants_server):
    """What is due in a quarter of a second while the server stalls for one waits for the rest."""
    result = measured(STALLING, url=variants_server).result
    assert slowest(result, "p99") >= 750
    stalled = max(result.variants, key=lambda variant: variant.latency_ms.p99)
    waiting = sum(level >= 750 for level in stalled.latency_ms.quantiles)
    assert waiting >= 5
    # All of them had been sent, so the service times hold the wait as well.
    assert stalled.open_model.service_ms.p99 >= 750


def test_closed_models_hardly_notice_the_same_stall(variants_server):
    """Coordinated omission: a user who waits sends nothing that would have waited."""
    pairs = (
        LatencyMode(comparisons_in_run=1)
        .measure(
            experiment(STALLING_PAIRS),
            target=target(variants_server),
            config=Config(root=Path(), warm_up=8, budget=4.0, early_stop=False),
            seed=7,
            on_progress=lambda _: None,
        )
        .result
    )
    assert longest(pairs) >= 1000
    assert slowest(pairs, "p99") < 500


def test_users_who_wait_hardly_notice_it_either(variants_server):
    """One request of each stalled, none that would have been sent meanwhile is missed."""
    result = (
        ThroughputMode()
        .measure(
            experiment(STALLING),
            target=target(variants_server),
            config=closed_config(),
            seed=7,
            on_progress=lambda _: None,
        )
        .result
    )
    assert slowest(result, "p99") < 500


def test_rate_the_generator_cannot_keep_is_no_measurement_and_says_what_to_do(variants_server):
    result = measured("/equal", url=variants_server, rate=10_000.0, budget=1.0).result
    assert "rate-missed" in codes(result)
    assert not result.valid
    assert {each.verdict for each in result.comparisons} == {Verdict.INVALID}
    (advice,) = {each.advice for each in result.caveats if each.code == "rate-missed"}
    assert "lower --rate" in advice
    assert not {"unsent-work", "overloaded"} & codes(result)


def test_what_the_pool_cannot_send_is_reported_and_makes_nothing_look_better(
    variants_server, tmp_path, monkeypatch
):
    monkeypatch.setattr("headtohead.load.messages.open_model.MOST_USERS", 2)
    outcome = measured("/very-slow", url=variants_server, warm_up=1)
    one, _ = outcome.result.variants
    found = one.open_model
    assert found.unsent > 0
    assert found.planned == found.sent + found.unsent
    assert found.rate_achieved < found.rate_planned
    assert "unsent-work" in codes(outcome.result)
    assert one.latency_ms.p50 > found.service_ms.p50 >= 300
    unsent = [row for row in rows(outcome, tmp_path) if row[-1] == "unsent"]
    assert len(unsent) == sum(each.open_model.unsent for each in outcome.result.variants)


def test_server_that_fails_at_once_is_given_up_in_its_own_words(variants_server):
    with pytest.raises(MeasurementError, match="no request to e/one succeeded .*500"):
        measured("/failing-later", url=variants_server, warm_up=30, budget=600.0)


def test_server_that_fails_later_is_given_up_and_its_times_are_invalid(variants_server):
    result = measured("/failing-later", url=variants_server, budget=600.0).result
    assert {"request-errors", "too-few-rounds"} <= codes(result)
    assert {each.verdict for each in result.comparisons} == {Verdict.INVALID}


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"rate": 4.0}, "at least --block 1.25, or a higher --rate"),
        ({"budget": 4.9}, "at least --budget 5"),
    ],
)
def test_stretches_too_few_or_too_empty_are_refused_with_the_fix(changes, fix):
    with pytest.raises(ConfigurationError, match=fix):
        OpenMode().require(config(**changes))
    OpenMode().require(config(budget=5.0, rate=20.0))
