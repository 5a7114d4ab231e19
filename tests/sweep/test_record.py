import json
import math
from dataclasses import replace

import pytest

from headtohead.analysis.growth import CountTrend, Trend
from headtohead.records.store import to_json
from headtohead.sweep.record import growth_of
from tests.sweep.factories import ROWS, invalid, size, sizes, sweep


def test_every_variant_is_judged_by_its_own_latencies():
    sequential, indexed = growth_of(sizes())
    assert (sequential.variant, sequential.trend) == ("sequential", Trend.LINEAR)
    assert sequential.exponent == pytest.approx(1)
    assert sequential.step_exponents == pytest.approx((1, 1))
    assert (indexed.variant, indexed.trend) == ("indexed", Trend.FLAT)
    assert indexed.ci95[0] < indexed.exponent < indexed.ci95[1] < 0.1


def test_queries_are_judged_apart_from_latencies():
    found = [
        size(rows, medians={"naive": 9.0, "joined": 9.0}, queries={"naive": naive, "joined": 3.0})
        for rows, naive in zip(ROWS, (12.0, 102.0, 1002.0), strict=True)
    ]
    naive, joined = growth_of(found)
    assert (naive.queries, joined.queries) == (CountTrend.GROWING, CountTrend.CONSTANT)
    assert naive.trend is joined.trend is Trend.FLAT


def test_one_size_that_must_not_be_used_leaves_no_verdict():
    first, *others = sizes()
    record = sweep([invalid(first), *others])
    assert not record.valid
    assert {growth.trend for growth in record.growth} == {Trend.INVALID}
    assert sweep().valid


def test_record_has_what_readers_look_for():
    fields = json.loads(to_json(sweep()))
    assert fields["schema"] == 2
    assert {"run_id", "started_at", "seconds", "git", "environment"} <= fields.keys()
    assert [each["rows"] for each in fields["sizes"]] == list(ROWS)
    comparison = fields["sizes"][0]["result"]["comparisons"][0]
    assert comparison["ci95"][0] < comparison["ratio"] < comparison["ci95"][1]
    assert fields["growth"][0]["trend"] == "grows linearly"
    assert fields["growth"][0]["queries"] == "constant"


def test_interval_without_an_end_is_recorded_as_null():
    first, *others = sizes()
    (comparison,) = first.result.comparisons
    endless = replace(comparison, ci95=(0.0, math.inf))
    first = replace(first, result=replace(first.result, comparisons=(endless,)))
    fields = json.loads(to_json(sweep([first, *others])))
    assert fields["sizes"][0]["result"]["comparisons"][0]["ci95"] == [0.0, None]
