from dataclasses import replace
from itertools import count

import pytest
from msgspec import structs

from benchmarks.validation.injected_delay import DelayKind, DelayTiming, InjectedDelay
from benchmarks.validation.scenarios import select_scenarios
from benchmarks.validation.trace import Trace
from benchmarks.validation.trial import Subject, TrialEndpoint, trace_of
from headtohead.errors import ConfigurationError, MeasurementError, UnknownExperimentError
from headtohead.experiment import Server
from headtohead.experiment_registry import Registry
from headtohead.load.messages.latency import Pair
from headtohead.protocol.server_timing import ServerTiming
from headtohead.stack.target import Target
from tests.check.test_equal_answers import experiment
from tests.run.factories import sample

REGISTRY = Registry([experiment("/equal")])
(BUSY,) = select_scenarios(["busy-5"])


def told(delay_ms: float | None, *, variant: str = "e/one", last_ms: float | None = 10.0) -> str:
    timing = ServerTiming(
        variant=variant,
        queries=4,
        database_ms=1.5,
        cache_hits=0,
        cache_misses=0,
        total_ms=9.0,
    ).to_header()
    if delay_ms is None:
        return timing
    return f"{DelayTiming(delay_ms=delay_ms, last_ms=last_ms).to_header()}, {timing}"


def pair(*, spent_ms: float | None = 0.51, variant_told: str = "", **changes: object) -> Pair:
    """A pair, the baseline first; each response tells what the one before took."""
    said = told(spent_ms, last_ms=10.5)
    return Pair(
        variant=0,
        baseline_first=True,
        baseline_washout=sample(milliseconds=11.0, server_timing=told(0.001, last_ms=10.6)),
        baseline_sample=sample(server_timing=told(0.001)),
        variant_washout=sample(milliseconds=12.0, server_timing=said),
        variant_sample=sample(**({"server_timing": variant_told or said} | changes)),
        elapsed_ms=20.0,
        cpu_ms=1.0,
    )


def in_time(pairs: list[Pair]) -> list[Pair]:
    """The pairs with their requests sent one after another."""
    clock = count(1_700_000_000)
    names = ("baseline_washout", "baseline_sample", "variant_washout", "variant_sample")
    return [
        replace(
            pair,
            **{name: structs.replace(getattr(pair, name), started=next(clock)) for name in names},
        )
        for pair in pairs
    ]


def recorded(pairs: list[Pair]) -> Trace:
    return trace_of(
        in_time(pairs),
        scenario=BUSY,
        index=2,
        started_at=1.0,
        busy_share=0.0,
        delay=InjectedDelay(kind=DelayKind.BUSY, microseconds=500),
    )


def test_effect_is_what_the_server_spent_beyond_the_baselines_nothing():
    trace = recorded([pair()] * 51)
    assert (trace.scenario, trace.index, len(trace)) == ("busy-5", 2, 50)
    assert trace.delay_ms == pytest.approx([0.51 - 0.001] * 50)


def test_what_a_response_took_up_to_its_last_byte_is_told_by_the_next():
    trace = recorded([pair()] * 51)
    assert trace.baseline_server_ms == pytest.approx([10.5] * 50)
    assert trace.variant_server_ms == pytest.approx([10.6] * 50)
    assert trace.added_server_ms == pytest.approx([0.1] * 50)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (pair(spent_ms=0.498), "less time than it was asked"),
        (pair(spent_ms=None), "did not confirm"),
        (pair(variant_told=told(0.51, variant="e/other")), "did not confirm"),
        (pair(variant_told=told(0.51, last_ms=None)), "did not confirm"),
        (pair(variant_told="none"), "did not confirm"),
        (pair(error="500"), "failed"),
    ],
)
def test_a_single_request_that_is_not_as_planned_spoils_the_trial(wrong, says):
    with pytest.raises(MeasurementError, match=says):
        recorded([pair()] * 50 + [wrong, pair()])


def test_too_few_pairs_are_no_trial():
    with pytest.raises(MeasurementError, match="--seconds"):
        recorded([pair()] * 40)


def test_subject_is_a_baseline_or_the_variant_that_is_named():
    assert Subject.named("e", REGISTRY).identity == "e/one"
    assert Subject.named("e/other", REGISTRY).identity == "e/other"
    with pytest.raises(ConfigurationError, match="e/one, e/other"):
        Subject.named("e/third", REGISTRY)
    with pytest.raises(UnknownExperimentError):
        Subject.named("f", REGISTRY)


def test_a_variant_that_the_api_does_not_serve_itself_is_refused():
    own = replace(experiment("/"), server=Server(environment={"A": "1"}))
    with pytest.raises(ConfigurationError, match="e/one has a server of its own"):
        Subject.named("e", Registry([own]))


def test_arms_differ_in_nothing_but_the_size_of_their_delay():
    subject = Subject.named("e", REGISTRY)
    target = Target(base_url="http://127.0.0.1:9", token="secret", rows=0, servers={})
    endpoint = TrialEndpoint(
        subject=subject, target=target, heavy=subject, median_ms=8.0, warm_up=1
    )
    delay = endpoint.delay(BUSY)
    baseline, variant = endpoint.arm(), endpoint.arm(delay)
    assert delay == InjectedDelay(kind=DelayKind.BUSY, microseconds=400)
    assert baseline.headers["Baggage"].endswith(",h2h.delay=busy:0")
    assert variant.headers["Baggage"].endswith(",h2h.delay=busy:400")
    others = {**variant.headers, "Baggage": baseline.headers["Baggage"]}
    assert replace(variant, headers=others) == baseline
