from pathlib import Path

import pytest

from headtohead.analysis.results import Metric, Verdict
from headtohead.config import Config
from headtohead.errors import ConfigurationError, MeasurementError
from headtohead.modes.mode import Progress, require_rounds
from headtohead.modes.throughput.mode import MeasuredLoad, ThroughputMode
from headtohead.modes.throughput.workers import open_workers
from headtohead.setting_values import UserCounts
from headtohead.stack.target import Target
from tests.check.test_equal_answers import experiment
from tests.processes import children_of_load


def config(**changes: object) -> Config:
    fields = {"mode": "throughput", "budget": 3.0, "block": 0.15, "warm_up": 8}
    return Config(root=Path(), **fields | {"users": UserCounts(4)} | changes)


def measured(path: str, *, url: str, watched: list | None = None, **changes: object):
    return ThroughputMode().measure(
        experiment(path),
        target=Target(base_url=url, token="secret", rows=0, servers={}),
        config=config(**changes),
        seed=7,
        on_progress=(watched if watched is not None else []).append,
    )


def test_a_slow_baseline_makes_the_variant_serve_more(variants_server, tmp_path):
    watched: list[Progress] = []
    outcome = measured("/slow-baseline", url=variants_server, watched=watched)
    result = outcome.result
    comparisons = {each.metric: each for each in result.comparisons}
    assert list(comparisons) == [Metric.THROUGHPUT, Metric.P50, Metric.P95, Metric.P99]
    assert comparisons[Metric.THROUGHPUT].ratio > 1
    assert comparisons[Metric.THROUGHPUT].verdict is Verdict.FASTER
    assert comparisons[Metric.P50].ratio < 1
    assert comparisons[Metric.P50].verdict is Verdict.FASTER
    assert result.users == 4
    one, other = result.variants
    # Four users who wait 4 ms for every answer cannot get more than a thousand a second.
    assert one.throughput_rps < 1000 < other.throughput_rps
    assert one.latency_ms.p50 >= 4 > other.latency_ms.p50
    low, high = one.intervals.throughput_rps
    assert low <= one.throughput_rps <= high
    assert one.error_ratio == 0
    assert one.intervals.error_ratio[1] < 0.02
    assert (one.queries_per_request, other.queries_per_request) == (40, 2)
    assert one.knee_users is None
    assert result.steps == ()
    assert watched[-1].pairs == result.pairs == comparisons[Metric.THROUGHPUT].pairs
    assert watched[-1].unit == "rounds"
    assert watched[-1].ratio > 1
    assert watched[-1].seconds_left < watched[0].seconds_left < 6
    assert any(arm.turned_to for each in watched for arm in each.traffic.arms.values())
    counted = raw_requests(outcome, tmp_path)
    assert counted.count("yes") == one.requests + other.requests
    # Four users are in flight at every switch.
    assert counted.count("no") >= 4 * 2 * result.pairs


@pytest.mark.alone
def test_a_generator_that_only_shows_itself_invalidates(variants_server):
    result = measured("/packed", url=variants_server).result
    assert "generator-saturated" in {caveat.code for caveat in result.caveats}
    assert result.generator.cpu_share > 0.8
    assert {each.verdict for each in result.comparisons} == {Verdict.INVALID}


def test_bodies_that_change_in_mid_run_invalidate(variants_server):
    result = measured("/rewritten", url=variants_server).result
    assert [each.code for each in result.caveats if each.invalidates] == ["body-changed"]
    assert {each.verdict for each in result.comparisons} == {Verdict.INVALID}


def raw_requests(outcome: MeasuredLoad, folder: Path) -> list[str]:
    outcome.write_raw(folder)
    header, *rows = (folder / "blocks" / "e.csv").read_text().splitlines()
    assert header == "users,round,variant,worker,started,milliseconds,counted,error"
    return [row.split(",")[6] for row in rows]


def test_steps_find_where_a_pool_is_full(variants_server):
    result = measured("/pool", url=variants_server, users=UserCounts("1,2,8")).result
    assert [step.users for step in result.steps] == [1, 2, 8]
    assert result.users == 8
    one, two, eight = (step.variants[0].throughput_rps for step in result.steps)
    assert two > 1.5 * one
    assert eight < 1.2 * two
    assert [variant.knee_users for variant in result.variants] == [2, 2]


@pytest.mark.parametrize(
    ("path", "code"),
    [("/failing-rarely", "request-errors"), ("/unapplied", "variant-not-applied")],
)
def test_what_goes_wrong_under_load_invalidates_the_result(path, code, variants_server):
    result = measured(path, url=variants_server).result
    assert not result.valid
    assert code in {caveat.code for caveat in result.caveats}
    assert {each.verdict for each in result.comparisons} == {Verdict.INVALID}


def test_server_that_fails_at_once_is_given_up_in_its_own_words(variants_server):
    with pytest.raises(MeasurementError, match="before a single round was whole .*500"):
        measured("/failing-later", url=variants_server, budget=600.0)


def test_requests_longer_than_a_block_are_refused_before_the_budget_is_spent(variants_server):
    with pytest.raises(MeasurementError, match="longer than a block of 0.15 s; take longer"):
        measured("/very-slow", url=variants_server, budget=600.0)


@pytest.mark.parametrize(("budget", "block"), [(4.9, 0.25), (9.9, 0.5)])
def test_budget_that_holds_too_few_rounds_is_refused_with_the_fix(budget, block):
    with pytest.raises(ConfigurationError, match=f"at least --budget {20 * block:g}"):
        require_rounds(config(budget=budget, block=block))
    require_rounds(config(budget=20 * block, block=block))


def measured_by_two(url: str, *, lost_after: int, block: float = 0.25):
    """Measure with two workers, one of which is killed once so many blocks are taken."""
    seen: list[Progress] = []

    def on_progress(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == lost_after:
            children_of_load("worker")[0].kill()

    target = Target(base_url=url, token="secret", rows=0, servers={})
    settings = config(workers=2, budget=600.0, block=block)
    with open_workers(settings, target=target, note=[].append) as fleet:
        return ThroughputMode(fleet=fleet).measure(
            experiment("/equal"),
            target=target,
            config=settings,
            seed=7,
            on_progress=on_progress,
        )


def test_rounds_before_a_worker_was_lost_are_kept_but_not_believed(variants_server):
    result = measured_by_two(variants_server, lost_after=6).result
    assert "worker-lost" in {caveat.code for caveat in result.caveats}
    assert {each.verdict for each in result.comparisons} == {Verdict.INVALID}
    assert result.pairs >= 3
    assert result.workers == 2


@pytest.mark.nightly
def test_worker_that_is_lost_before_anything_is_whole_ends_in_its_own_words(variants_server):
    with pytest.raises(MeasurementError, match="lost during the run: .* before a single round"):
        # A block so long that the second cannot be over before the worker is killed.
        measured_by_two(variants_server, lost_after=1, block=1.0)
