import pytest

from headtohead.check.growth import Grown, growth_of
from headtohead.check.outcome import Doubling, Outcome
from headtohead.check.queries import Executed
from headtohead.check.terminal import growth_in_words
from headtohead.experiment import Request
from headtohead.statements import Location
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


def test_a_baseline_may_grow():
    growth = grown()
    assert (
        growth_in_words(growth) == "product-list: naive grows from 152 to 302, prefetched "
        "constant at 3"
    )
    assert findings(growth) == ()


def test_what_users_are_served_must_not_and_the_sql_is_told():
    growth = grown(served=(3, 5))
    (finding,) = findings(growth)
    assert finding.variant == "product-list/prefetched"
    assert finding.problem == (
        "grows from 3 to 5 queries as rows double at shop/views.py:12, and users are served it"
    )
    assert growth.variants[1].grown == (Grown(sql="per_row", times=2, source=LINE),)


def test_what_was_asked_for_in_place_of_the_request_is_told():
    growth = grown(doubled=Request(path="/products/?page_size=100"))
    assert growth_in_words(growth).startswith(
        "product-list (asked for /products/?page_size=100): naive"
    )


@pytest.mark.parametrize(("body", "told"), [((1000, 1001), True), ((1000, 1900), False)])
def test_an_answer_that_shows_no_more_rows_is_no_proof_and_that_is_told(body, told):
    growth = grown(naive=(5, 5), body=body)
    assert ("shows no more rows" in growth_in_words(growth)) is told


def test_fewer_queries_are_no_growth():
    assert "prefetched falls from 5 to 3" in growth_in_words(grown(served=(5, 3)))


@pytest.mark.parametrize(("rows", "told"), [("[1, 2]", True), ("[1, 2, 1, 2]", False)])
def test_rows_that_are_sent_rather_than_shown_are_proof_as_well(rows, told):
    sent = Request(method="POST", path="/products/", body="[1, 2]")
    doubled = Request(method="POST", path="/products/twice/", body=rows)
    growth = grown(naive=(5, 9), body=(20, 20), request=sent, doubled=doubled)
    assert ("shows no more rows" in growth_in_words(growth)) is told


def test_a_variant_whose_server_tells_nothing_is_left_out():
    told = {"prefetched": queries(per_row=3)}
    growth = growth_of(experiment(), once=told, twice=told)
    assert [each.variant for each in growth.variants] == ["prefetched"]
    assert not growth.answer_grew


def test_where_no_server_tells_anything_that_is_said():
    growth = growth_of(experiment(), once={}, twice={})
    assert growth_in_words(growth) == "product-list: no variant tells its queries"
