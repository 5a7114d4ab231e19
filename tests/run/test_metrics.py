import math

import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from headtohead.analysis.results import Metric
from headtohead.modes.mode import ArmTraffic, Progress, Traffic
from headtohead.run.metrics import RunMetrics
from tests.check.test_equal_answers import experiment
from tests.programs import metrics_complaints
from tests.report.samples import several_variants, under_load

RUN = "20260301T101530Z"


@pytest.fixture
def metrics() -> RunMetrics:
    metrics = RunMetrics(RUN)
    metrics.begin(experiment("/equal"))
    return metrics


def value(metrics: RunMetrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"headtohead_{name}", labels)


def progress(**changes: object) -> Progress:
    fields = {
        "pairs": 12,
        "variant": "other",
        "metric": Metric.LATENCY,
        "ratio": 0.5,
        "interval": (0.4, 0.6),
        "seconds_left": 5.0,
        "position": 0.25,
        "traffic": traffic(),
    }
    return Progress(**fields | changes)


def traffic(**changes: object) -> Traffic:
    arm = ArmTraffic(requests=4, errors=1, response_ms=[0.4, 3.0, 700.0], pairs=2)
    fields = {"users": 1, "arms": {"other": arm}, "cpu_share": 0.3, "lag_seconds": 0.002}
    return Traffic(**fields | changes)


def test_an_experiment_begins_at_zero_for_every_variant(metrics):
    for variant in ("one", "other"):
        labels = {"experiment": "e", "variant": variant}
        for name in ("requests_total", "errors_total", "pairs_total", "response_seconds_count"):
            assert value(metrics, f"generator_{name}", **labels) == 0
    assert value(metrics, "run_position_ratio", experiment="e") == 0


def test_traffic_adds_up(metrics):
    for _ in range(2):
        metrics.update(progress(), experiment="e")
    labels = {"experiment": "e", "variant": "other"}
    assert value(metrics, "generator_requests_total", **labels) == 8
    assert value(metrics, "generator_errors_total", **labels) == 2
    assert value(metrics, "generator_pairs_total", **labels) == 4
    assert value(metrics, "generator_response_seconds_sum", **labels) == pytest.approx(1.4068)
    assert value(metrics, "generator_response_seconds_bucket", **labels, le="0.005") == 4
    assert value(metrics, "generator_users", experiment="e") == 1
    assert value(metrics, "generator_cpu_ratio", experiment="e") == 0.3
    assert value(metrics, "generator_loop_lag_seconds", experiment="e") == 0.002
    assert value(metrics, "run_position_ratio", experiment="e") == 0.25


def test_what_a_mode_does_not_know_is_not_exported(metrics):
    metrics.update(progress(), experiment="e")
    assert value(metrics, "generator_planned_rate", experiment="e") is None
    assert value(metrics, "generator_late_seconds", experiment="e") is None
    open_model = traffic(cpu_share=None, rate=50.0, late_seconds=0.1)
    metrics.update(progress(traffic=open_model), experiment="e")
    assert value(metrics, "generator_planned_rate", experiment="e") == 50
    assert value(metrics, "generator_late_seconds", experiment="e") == 0.1
    assert value(metrics, "generator_cpu_ratio", experiment="e") == 0.3


def test_the_effect_is_told_with_bounds_once_it_has_any(metrics):
    labels = {"experiment": "e", "variant": "other", "metric": "latency"}
    metrics.update(progress(ratio=None, interval=(0.0, math.inf)), experiment="e")
    assert value(metrics, "run_ratio", **labels) is None
    metrics.update(progress(interval=(0.0, math.inf)), experiment="e")
    assert value(metrics, "run_ratio", **labels) == 0.5
    assert value(metrics, "run_ratio_high", **labels) is None
    metrics.update(progress(), experiment="e")
    assert value(metrics, "run_ratio_low", **labels) == 0.4
    assert value(metrics, "run_ratio_high", **labels) == 0.6


def test_the_end_tells_what_the_record_tells():
    metrics = RunMetrics(RUN)
    result = under_load()
    metrics.end(result)
    for comparison in result.comparisons:
        labels = {
            "experiment": result.name,
            "variant": comparison.variant,
            "metric": comparison.metric.value,
        }
        assert value(metrics, "run_ratio", **labels) == comparison.ratio
    assert value(metrics, "generator_users", experiment=result.name) == 0
    assert value(metrics, "run_position_ratio", experiment=result.name) == 1


def events(metrics: RunMetrics) -> set[tuple[str, ...]]:
    text = generate_latest(metrics.registry).decode()
    return {
        tuple(sample.labels[label] for label in ("run_id", "experiment", "variant", "event"))
        for family in text_string_to_metric_families(text)
        if family.name == "headtohead_run_event_timestamp_seconds"
        for sample in family.samples
    }


def test_events_are_those_of_this_run():
    metrics, result = RunMetrics(RUN), several_variants()
    metrics.begin(experiment("/equal"))
    arm = ArmTraffic(requests=1, errors=0, response_ms=[], pairs=0, turned_to=1_700_000_000.5)
    metrics.update(progress(traffic=traffic(arms={"one": arm})), experiment="e")
    metrics.end(result)
    metrics.judged(result)
    assert events(metrics) == {
        (RUN, "e", "", "start"),
        (RUN, "e", "one", "switch"),
        (RUN, result.name, "", "end"),
        *((RUN, result.name, each.variant, "verdict") for each in result.comparisons),
    }
    switch = {"run_id": RUN, "experiment": "e", "variant": "one", "event": "switch"}
    assert value(metrics, "run_event_timestamp_seconds", **switch) == 1_700_000_000.5


@pytest.mark.process
def test_promtool_has_no_complaint_about_them(metrics):
    metrics.update(progress(), experiment="e")
    metrics.end(under_load())
    assert metrics_complaints(generate_latest(metrics.registry).decode()) == ""


@pytest.mark.process
def test_promtool_would_have_complained():
    assert metrics_complaints("# TYPE requests counter\nrequests 1\n")
