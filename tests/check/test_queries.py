import pytest

from headtohead.check.equal_answers import Preflight, VariantAnswer, check
from headtohead.check.queries import Executed, joined, queries_of
from headtohead.errors import CheckFailedError, MeasurementError
from headtohead.protocol.explanation import Location
from headtohead.protocol.server_timing import ServerTiming
from tests.check.test_equal_answers import experiment, target
from tests.explaining import detail, explanation, node, source


def test_both_answers_stand_side_by_side_in_the_order_they_came():
    first = explanation(fill=(1, detail()), always=(2, detail()))
    second = explanation(always=(2, detail()), late=(1, detail()))
    both = joined(first, second, body_bytes=70)
    assert (both.first, both.second, both.body_bytes) == (3, 3, 70)
    assert both.statements == (
        Executed(sql="fill", first=1, second=0),
        Executed(sql="always", first=2, second=2),
        Executed(sql="late", first=0, second=1),
    )


def test_plan_and_code_are_those_of_the_first_answer_that_has_the_statement():
    scan, index = node(), node(operation="Index Scan", index="review_rating")
    first = explanation(a=(2, detail(source(12, 2), plan=scan)))
    second = explanation(
        a=(1, detail(source(30, 1), plan=index)), late=(1, detail(source(40, 1), plan=index))
    )
    both, late = joined(first, second, body_bytes=0).statements
    assert both.plan == ("Seq Scan on review",)
    assert both.source == Location(path="shop/views.py", line=12, function="Products.list")
    assert late.plan == ("Index Scan on review using review_rating",)
    assert late.source.line == 40


def test_a_server_that_does_not_tell_its_sql_is_one_clear_error(variants_server):
    asked = experiment("/equal")
    with pytest.raises(CheckFailedError, match="e/one: /equal does not tell its SQL; upgrade"):
        queries_of(
            asked,
            preflight=check(asked, target=target(variants_server)),
            target=target(variants_server),
            empty_cache=lambda: None,
        )


def test_nobody_listening_is_one_clear_error():
    timing = ServerTiming(
        variant="e/one", queries=0, database_ms=0.0, cache_hits=0, cache_misses=0, total_ms=0.0
    )
    answers = {name: VariantAnswer(body=b"", timing=timing) for name in ("one", "other")}
    with pytest.raises(MeasurementError, match="nothing answers at"):
        queries_of(
            experiment("/"),
            preflight=Preflight(answers=answers, findings=()),
            target=target("http://127.0.0.1:9"),
            empty_cache=lambda: None,
        )
