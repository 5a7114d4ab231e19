import pytest

from headtohead.django import sending
from headtohead.experiment import TOKEN_HEADER
from headtohead.server_timing import HEADER, ServerTiming

HANDICAP = {TOKEN_HEADER: "secret", "baggage": "h2h.handicap=busy:2000"}


@pytest.fixture
def told(client, settings):
    """What the server says of a request, with these headers."""
    settings.HEADTOHEAD = {"EXPERIMENTS": True, "TOKEN": "secret", "PACKAGE": "app.experiments"}

    def ask(headers=HANDICAP):
        return ServerTiming.from_header(client.get("/health/", headers=headers)[HEADER])

    return ask


@pytest.mark.django_db
def test_a_response_tells_how_long_the_one_before_took_to_its_last_byte(told):
    before = told()
    after = told()
    assert after.last_ms >= before.total_ms >= 2


@pytest.mark.django_db
def test_requests_without_a_handicap_are_neither_told_nor_timed(told):
    told()
    timed = sending.last_seconds()
    assert told({TOKEN_HEADER: "secret"}).last_ms is None
    assert sending.last_seconds() == timed
