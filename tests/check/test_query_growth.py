import pytest

from headtohead.check.outcome import Doubling, Outcome
from headtohead.check.queries import Executed
from headtohead.check.query_growth import GrownStatement, growth_of
from headtohead.experiment import Request
from headtohead.protocol.explanation import Location
from tests.check.factories import executed, experiment, queries

LINE = Location(path="shop/views.py", line=12, function="Products.list")


def per_row(times: int) -> Executed:
    return executed("per_row", times, source=LINE)


def grown(*, naive=(152, 302), served=(3, 3), body=(100, 200), **changes):
    """Growth of an experiment whose variants make so many queries once and twice."""

    def observed(which):
        return {
            "naive": queries(per_row(naive[which]), body_bytes=body[which]),
            "prefetched": queries(per_row(served[which]), body_bytes=body[which]),
        }

    return growth_of(experiment(**changes), once=observed(0), twice=observed(1))


def findings(growth):
    return Outcome(preflights={}, doubling=Doubling(rows=10, growth=(growth,))).findings


def counts(growth):
    return {each.variant: (each.before, each.after) for each in growth.variants}


def test_a_baseline_may_grow():
    growth = grown()
    assert counts(growth) == {"naive": (152, 302), "prefetched": (3, 3)}
    assert findings(growth) == ()


def test_what_users_are_served_must_not_and_the_sql_is_told():
    growth = grown(served=(3, 5))
    (finding,) = findings(growth)
    assert (finding.variant, finding.source) == ("product-list/prefetched", LINE)
    assert growth.variants[1].grown == (GrownStatement(sql="per_row", times=2, source=LINE),)


def test_fewer_queries_are_no_growth():
    growth = grown(served=(5, 3))
    assert counts(growth)["prefetched"] == (5, 3)
    assert findings(growth) == ()


def test_what_was_asked_for_in_place_of_the_request_is_kept():
    assert grown().path is None
    assert grown(request_at_double_rows=Request(path="/products/?page_size=100")).path.endswith(
        "=100"
    )


@pytest.mark.parametrize(("body", "grew"), [((1000, 1001), False), ((1000, 1900), True)])
def test_an_answer_that_shows_no_more_rows_is_no_proof(body, grew):
    assert grown(naive=(5, 5), body=body).answer_grew is grew


@pytest.mark.parametrize(("rows", "grew"), [("[1, 2]", False), ("[1, 2, 1, 2]", True)])
def test_rows_that_are_sent_rather_than_shown_are_proof_as_well(rows, grew):
    sent = Request(method="POST", path="/products/", body="[1, 2]")
    doubled = Request(method="POST", path="/products/twice/", body=rows)
    growth = grown(naive=(5, 9), body=(20, 20), request=sent, request_at_double_rows=doubled)
    assert growth.answer_grew is grew


def test_a_variant_whose_server_tells_nothing_is_left_out():
    told = {"prefetched": queries(per_row=3)}
    growth = growth_of(experiment(), once=told, twice=told)
    assert counts(growth) == {"prefetched": (3, 3)}
    assert not growth.answer_grew
