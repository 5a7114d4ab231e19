import pytest

from headtohead.check.queries import Executed, joined, queries_of
from headtohead.errors import CheckFailedError, MeasurementError
from headtohead.statements import Explanation, Statement
from tests.run.test_preflight import experiment, target


def explanation(**times: int) -> Explanation:
    return Explanation(
        variant="e/one",
        status=200,
        queries=sum(times.values()),
        statements=tuple(Statement(sql=sql, times=each) for sql, each in times.items()),
    )


def test_both_answers_stand_side_by_side_in_the_order_they_came():
    both = joined(explanation(fill=1, always=2), explanation(always=2, late=1))
    assert (both.first, both.second) == (3, 3)
    assert both.statements == (
        Executed(sql="fill", first=1, second=0),
        Executed(sql="always", first=2, second=2),
        Executed(sql="late", first=0, second=1),
    )


def test_a_server_that_does_not_tell_its_sql_is_one_clear_error(variants_server):
    with pytest.raises(CheckFailedError, match="e/one: /equal does not tell its SQL; upgrade"):
        queries_of(experiment("/equal"), target=target(variants_server), empty_cache=lambda: None)


def test_nobody_listening_is_one_clear_error():
    with pytest.raises(MeasurementError, match="nothing answers at"):
        queries_of(experiment("/"), target=target("http://127.0.0.1:9"), empty_cache=lambda: None)
