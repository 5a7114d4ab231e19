import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from benchmarks.validation import injected_delay_middleware
from benchmarks.validation.injected_delay import DelayKind, DelayTiming, InjectedDelay
from benchmarks.validation.injected_delay_middleware import InjectedDelayMiddleware, spend
from headtohead.django.middleware import MeasurementMiddleware
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.protocol.server_timing import HEADER, ServerTiming

ON = {"EXPERIMENTS": True, "TOKEN": "secret", "PACKAGE": "app.experiments"}


def header(baggage: str, *, token: str = "secret") -> str:
    """`Server-Timing` of a request with this baggage."""
    serve = MeasurementMiddleware(InjectedDelayMiddleware(lambda request: HttpResponse()))
    headers = {"baggage": baggage, TOKEN_HEADER: token}
    return serve(RequestFactory().get("/", headers=headers)).get(HEADER, "")


@pytest.mark.parametrize("kind", DelayKind)
def test_at_least_the_time_asked_for_is_spent_and_reported(kind):
    assert spend(InjectedDelay(kind=kind, microseconds=2000)) >= 0.002


@pytest.mark.parametrize("kind", DelayKind)
def test_server_says_how_long_the_delay_took_and_counts_it_in_the_total(settings, kind):
    settings.HEADTOHEAD = ON
    told = header(f"h2h.delay={kind}:1500")
    delayed, timing = DelayTiming.from_header(told), ServerTiming.from_header(told)
    assert 1.5 <= delayed.delay_ms <= timing.total_ms


def test_delay_of_nothing_is_reported_too_so_that_both_arms_answer_alike(settings):
    settings.HEADTOHEAD = ON
    assert DelayTiming.from_header(header("h2h.delay=busy:0")) is not None


def test_a_request_that_asks_for_none_is_told_of_none(settings):
    settings.HEADTOHEAD = ON
    told = header("h2h.experiment=product-list,h2h.variant=naive")
    assert DelayTiming.from_header(told) is None


@pytest.mark.parametrize("value", ["busy:1000001", "busy:-5", "forever", "busy"])
def test_unreasonable_delay_is_ignored(settings, value):
    settings.HEADTOHEAD = ON
    assert DelayTiming.from_header(header(f"h2h.delay={value}")) is None


@pytest.mark.parametrize(
    ("changes", "token"),
    [({}, "wrong"), ({}, ""), ({"TOKEN": ""}, ""), ({"EXPERIMENTS": False}, "secret")],
)
def test_nobody_else_can_slow_the_server_down(settings, monkeypatch, changes, token):
    settings.HEADTOHEAD = ON | changes
    spent: list[InjectedDelay] = []
    monkeypatch.setattr(
        injected_delay_middleware, "spend", lambda delay: spent.append(delay) or 0.0
    )
    header("h2h.delay=busy:1000", token=token)
    assert spent == []


@pytest.fixture
def told(client, settings):
    """What the server says of a request, with these headers."""
    settings.HEADTOHEAD = ON
    first, *others = settings.MIDDLEWARE
    settings.MIDDLEWARE = [
        first,
        "benchmarks.validation.injected_delay_middleware.InjectedDelayMiddleware",
        *others,
    ]

    def ask(baggage: str = "h2h.delay=busy:2000") -> str:
        headers = {TOKEN_HEADER: "secret", "baggage": baggage}
        return client.get("/health/", headers=headers)[HEADER]

    return ask


@pytest.mark.django_db
def test_a_response_tells_how_long_the_one_before_took_to_its_last_byte(told):
    before = DelayTiming.from_header(told())
    after = DelayTiming.from_header(told())
    assert after.last_ms >= before.delay_ms >= 2


@pytest.mark.django_db
def test_requests_without_a_delay_are_neither_told_nor_timed(told):
    told()
    timed = injected_delay_middleware.last_seconds()
    assert DelayTiming.from_header(told("")) is None
    assert injected_delay_middleware.last_seconds() == timed
