import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from headtohead.django import middleware
from headtohead.django.handicap import spend
from headtohead.django.middleware import MeasurementMiddleware
from headtohead.experiment import TOKEN_HEADER
from headtohead.handicap import Handicap, HandicapKind
from headtohead.server_timing import HEADER, ServerTiming

ON = {"EXPERIMENTS": True, "TOKEN": "secret", "PACKAGE": "app.experiments"}


def timing(baggage: str, *, token: str = "secret") -> ServerTiming | None:
    headers = {"baggage": baggage, TOKEN_HEADER: token}
    response = MeasurementMiddleware(lambda request: HttpResponse())(
        RequestFactory().get("/", headers=headers)
    )
    return ServerTiming.from_header(response.get(HEADER, ""))


@pytest.mark.parametrize("kind", HandicapKind)
def test_at_least_the_time_asked_for_is_spent_and_reported(kind):
    assert spend(Handicap(kind=kind, microseconds=2000)) >= 0.002


@pytest.mark.parametrize("kind", HandicapKind)
def test_server_says_how_long_the_handicap_took_and_counts_it_in_the_total(settings, kind):
    settings.HEADTOHEAD = ON
    told = timing(f"h2h.handicap={kind}:1500")
    assert 1.5 <= told.handicap_ms <= told.total_ms


def test_handicap_of_nothing_is_reported_too_so_that_both_arms_answer_alike(settings):
    settings.HEADTOHEAD = ON
    assert timing("h2h.handicap=busy:0").handicap_ms is not None


def test_a_request_that_asks_for_none_is_told_of_none(settings):
    settings.HEADTOHEAD = ON
    assert timing("h2h.experiment=product-list,h2h.variant=naive").handicap_ms is None


@pytest.mark.parametrize("value", ["busy:1000001", "busy:-5", "forever", "busy"])
def test_unreasonable_handicap_is_ignored(settings, value):
    settings.HEADTOHEAD = ON
    assert timing(f"h2h.handicap={value}").handicap_ms is None


@pytest.mark.parametrize(
    ("changes", "token"),
    [({}, "wrong"), ({}, ""), ({"TOKEN": ""}, ""), ({"EXPERIMENTS": False}, "secret")],
)
def test_nobody_else_can_slow_the_server_down(settings, monkeypatch, changes, token):
    settings.HEADTOHEAD = ON | changes
    spent: list[Handicap] = []
    monkeypatch.setattr(middleware, "spend", lambda handicap: spent.append(handicap) or 0.0)
    timing("h2h.handicap=busy:1000", token=token)
    assert spent == []
