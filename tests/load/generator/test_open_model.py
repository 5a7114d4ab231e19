from itertools import pairwise

import pytest

from headtohead.load.control.load_generator import load_generator
from headtohead.load.messages.open_model import (
    MOST_USERS,
    Arrivals,
    OpenPlan,
    Stretch,
    arrival_offsets,
    pool_size,
)
from tests.load.generator.test_process import arm


def stretches(url: str, *, path: str = "/equal", **changes: object) -> list[Stretch]:
    fields = {
        "arms": (arm("one", url=url, path=path), arm("other", url=url, path=path)),
        "arrivals": Arrivals.POISSON,
        "rate": 40.0,
        "users": 40,
        "warm_up": 5,
        "stretch_seconds": 0.25,
        "seconds": 1.5,
        "seed": 1,
    }
    with load_generator() as generator:
        generator.start(OpenPlan(**fields | changes))
        return list(generator.stretches())


def test_both_arms_of_a_round_get_the_arrivals_that_were_planned(variants_server):
    taken = stretches(variants_server)
    assert len(taken) >= 4
    assert len(taken) % 2 == 0
    for stretch in taken:
        planned = arrival_offsets(
            Arrivals.POISSON, rate=40, seconds=0.25, seed=1, round_number=stretch.round
        )
        due = [each.intended - stretch.started for each in stretch.arrivals]
        # A time since the epoch has digits for a quarter of a microsecond.
        assert due == pytest.approx(planned, abs=1e-6)
        samples = [each.sample for each in stretch.arrivals]
        assert {each.identity for each in samples} == {("e/one", "e/other")[stretch.arm]}
    arms = [{each.arm for each in taken if each.round == number} for number in range(2)]
    assert arms == [{0, 1}, {0, 1}]


def test_no_request_is_sent_before_it_is_due(variants_server):
    for stretch in stretches(variants_server):
        for each in stretch.arrivals:
            # Times are read from one clock, but a sample's by Locust.
            assert each.intended <= each.reached <= each.sample.started + 0.001


def test_requests_leave_while_earlier_ones_are_under_way(variants_server):
    """One alone takes 0.3 s, and all of a quarter of a second are sent within it."""
    for stretch in stretches(variants_server, path="/very-slow", warm_up=1, seconds=2):
        assert not any(each.pool_full for each in stretch.arrivals)
        for each in stretch.arrivals:
            assert each.sample.milliseconds >= 300


def test_stretch_ends_when_all_its_requests_have(variants_server):
    taken = stretches(variants_server, path="/very-slow", warm_up=1, seconds=2)
    for stretch in taken:
        last = max(
            each.sample.started + each.sample.milliseconds / 1000 for each in stretch.arrivals
        )
        assert stretch.closed < last <= stretch.drained + 0.001
    for earlier, later in pairwise(taken):
        assert earlier.drained <= later.started


def test_what_no_user_is_free_to_send_waits_and_is_given_up_when_arrivals_are_over(variants_server):
    """Two users are busy for 0.3 s with what arrives first, longer than requests arrive."""
    for stretch in stretches(variants_server, path="/very-slow", users=2, warm_up=1, seconds=2):
        for index, each in enumerate(stretch.arrivals):
            assert (each.sample is None) is each.pool_full is (index >= 2)
        # Percentiles are right only if a sent request is known to have taken longer than these.
        unsent = [each for each in stretch.arrivals if each.sample is None]
        longest_wait = max((stretch.closed - each.intended for each in unsent), default=0)
        assert longest_wait < max(
            each.sample.started + each.sample.milliseconds / 1000 - each.intended
            for each in stretch.arrivals
            if each.sample
        )


def test_what_waited_for_a_user_is_sent_as_soon_as_one_is_free(variants_server):
    """One user cannot send the next request before the server has spent 10 ms on the last."""
    taken = stretches(variants_server, path="/pool", users=1, rate=80.0, seconds=3)
    waited = [each for stretch in taken for each in stretch.arrivals if each.pool_full]
    sent = [each for each in waited if each.sample]
    assert sent
    assert all(each.sample.started > each.intended for each in sent)


def test_pool_is_enough_for_every_timeout_up_to_a_bound():
    assert pool_size(2) == 60
    assert pool_size(1000) == MOST_USERS
