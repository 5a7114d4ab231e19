from dataclasses import replace

import pytest

from headtohead.analysis.results import Metric, Verdict
from headtohead.errors import MeasurementError
from headtohead.load.messages.arm import Sample
from headtohead.load.messages.open_model import Arrival, Arrivals, OpenPlan, Stretch
from headtohead.modes.open_model.arrival_tally import OpenArm, OpenTally
from headtohead.validity import load
from tests.run.factories import sample

PLAN = OpenPlan(
    arms=(),
    arrivals=Arrivals.CONSTANT,
    rate=20.0,
    users=4,
    warm_up=1,
    stretch_seconds=1.0,
    seconds=20.0,
    seed=1,
)


def arrival(
    due: float,
    *,
    variant: str = "one",
    lag_ms: float = 0.0,
    waited_ms: float = 0.0,
    service_ms: float = 10.0,
    sent: bool = True,
    error: str = "",
) -> Arrival:
    """A request the generator reached so late, and that then waited so long for a user."""
    sending = due + (lag_ms + waited_ms) / 1000
    answered: Sample = sample(variant, started=sending, milliseconds=service_ms, error=error)
    return Arrival(
        intended=due,
        reached=due + lag_ms / 1000,
        pool_full=bool(waited_ms) or not sent,
        sample=answered if sent else None,
    )


def arm(variant: str = "one", *, rounds: int = 10, **changes: object) -> OpenArm:
    """Stretches of twenty requests, the later ones changed alike."""
    stretches = []
    for number in range(rounds):
        began = 1000.0 + number * 10
        stretches.append(
            Stretch(
                round=number,
                arm=0,
                started=began,
                closed=began + 1,
                drained=began + 1.5,
                arrivals=[
                    arrival(began + index / 20, variant=variant, **(changes if index >= 10 else {}))
                    for index in range(20)
                ],
            )
        )
    return OpenArm(name=variant, identity=f"e/{variant}", stretches=stretches)


def tally(*arms: OpenArm, plan: OpenPlan = PLAN) -> OpenTally:
    return OpenTally(plan=plan, margin=0.02, arms=arms)


def codes(*arms: OpenArm, plan: OpenPlan = PLAN) -> set[str]:
    return {caveat.code for caveat in tally(*arms, plan=plan).caveats()}


def test_response_time_counts_from_when_a_request_was_due_and_service_time_from_sending():
    result = arm(waited_ms=500.0).result(stretch_seconds=1.0)
    assert result.latency_ms.p99 == pytest.approx(510)
    assert result.open_model.service_ms.p99 == pytest.approx(10)
    assert result.open_model.lateness_ms.max == pytest.approx(500, abs=0.01)
    assert result.open_model.generator_lag_ms.max == pytest.approx(0, abs=0.01)


def test_planned_sent_and_unsent_add_up():
    found = arm(sent=False).result(stretch_seconds=1.0).open_model
    assert (found.planned, found.sent, found.unsent) == (200, 100, 100)
    assert (found.rate_planned, found.rate_achieved) == pytest.approx((20, 10))


def test_what_was_never_sent_makes_percentiles_no_better():
    """The same requests, with those that waited in vain left out and known to have waited."""
    some_slow = arm(service_ms=300.0)
    with_unsent = OpenArm(
        name="one",
        identity="e/one",
        stretches=[
            replace(
                each,
                arrivals=[*each.arrivals, *(arrival(each.closed - 0.2, sent=False),) * 5],
            )
            for each in some_slow.stretches
        ],
    )
    without, known = (
        each.result(stretch_seconds=1.0).latency_ms for each in (some_slow, with_unsent)
    )
    assert known.mean > without.mean
    assert all(one >= other for one, other in zip(known.quantiles, without.quantiles, strict=True))


def test_slower_variant_is_found_by_its_response_times():
    comparisons = {
        each.metric: each
        for each in tally(arm(), arm("other", waited_ms=30.0)).comparisons(valid=True)
    }
    assert list(comparisons) == [Metric.LATENCY, Metric.P95, Metric.P99]
    assert comparisons[Metric.LATENCY].pairs == 10
    assert comparisons[Metric.LATENCY].ratio == pytest.approx(2.5)
    assert comparisons[Metric.LATENCY].verdict is Verdict.SLOWER
    assert comparisons[Metric.P95].ratio == pytest.approx(4)
    invalid = tally(arm(), arm("other")).comparisons(valid=False)
    assert {each.verdict for each in invalid} == {Verdict.INVALID}


def test_sound_stretches_raise_no_caveat():
    assert codes(arm(), arm("other")) == set()


def test_requests_the_generator_reached_late_miss_the_rate():
    """Half of one arm's requests are a quarter of all."""
    arms = arm(lag_ms=60.0), arm("other")
    achieved = sum(each.rate_achieved(PLAN.stretch_seconds) for each in arms) / 2
    assert list(tally(*arms).caveats()) == [
        load.rate_missed(share=0.25, tolerated_ms=20, max_ms=60, rate=PLAN.rate, achieved=achieved)
    ]


def test_late_is_what_is_reached_when_the_next_is_due():
    assert "rate-missed" not in codes(arm(lag_ms=15.0), arm("other"))
    assert codes(arm(lag_ms=15.0), arm("other"), plan=replace(PLAN, rate=100)) == {"rate-missed"}


def test_generator_that_once_stopped_for_seconds_missed_the_rate():
    sound = arm()
    first, *rest = sound.stretches
    stopped = replace(first, arrivals=[arrival(first.started, lag_ms=1500), *first.arrivals])
    assert codes(replace(sound, stretches=[stopped, *rest]), arm("other")) == {"rate-missed"}


def test_waiting_for_a_user_is_not_the_generators_fault():
    """The wait is in the response time, which shows that the variant cannot keep up."""
    assert codes(arm(waited_ms=60.0), arm("other")) == {"overloaded"}


def test_unsent_work_is_told_with_its_amount():
    found = list(tally(arm(sent=False), arm("other")).caveats())
    assert load.unsent_work(variant="e/one", unsent=100, planned=200, users=4) in found


def test_generator_that_missed_the_rate_says_nothing_of_variants_that_did():
    assert codes(arm(lag_ms=60.0), arm("other", sent=False)) == {"rate-missed"}


def test_too_few_rounds_and_failed_requests_invalidate():
    assert codes(arm(rounds=7), arm("other", rounds=7)) == {"too-few-rounds"}
    assert codes(arm(error="500"), arm("other")) == {"request-errors"}


def test_arm_without_an_answer_is_refused():
    only_failed = OpenArm(
        name="one",
        identity="e/one",
        stretches=[
            replace(each, arrivals=[arrival(each.started, error="500")]) for each in arm().stretches
        ],
    )
    with pytest.raises(MeasurementError, match="no request to e/one succeeded .500."):
        only_failed.require_answers()
