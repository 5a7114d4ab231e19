"""What dashboards read of published runs, by the SQL of their own panels."""

from collections.abc import Callable
from typing import Any

import pytest

from dashboards.answer import ratio
from dashboards.regression_history import effect, latest_answers
from headtohead.experiment import Experiment, Request, Variant
from headtohead.publish.session import publish
from tests.report.samples import invalid, run, ten_times_faster, unbounded

pytestmark = pytest.mark.stack

Query = Callable[[str], list[tuple]]


def statement(panel: Any, **chosen: str) -> str:
    """The SQL of a panel for these choices, over all time."""
    (target,) = panel.build().targets
    text = target.text
    for variable, value in {"metric": "latency", **chosen}.items():
        text = text.replace(f"${{{variable}:sqlstring}}", f"'{value}'")
    return text.replace("$__timeFilter(started_at)", "true")


def declared(name: str, *variants: str) -> Experiment:
    baseline, *others = (Variant(name=each, selector=f"a.{each}") for each in variants)
    return Experiment(
        name=name,
        question="Which one?",
        request=Request(path="/"),
        seam=f"a.{variants[-1]}",
        baseline=baseline,
        variants=tuple(others),
    )


def test_an_invalid_answer_hides_no_other_of_its_run(url: str, query: Query) -> None:
    publish([run(ten_times_faster(), invalid())], url=url)
    found = query(statement(latest_answers([declared("product-list", "naive", "prefetched")])))
    assert [(each[0], each[2]) for each in found] == [("product-list", "faster")]
    drawn = {
        name: query(statement(effect(declared(name, *variants), {})))
        for name, variants in {
            "product-list": ("naive", "prefetched"),
            "category-summary": ("live", "cached"),
        }.items()
    }
    assert [ratio for _, ratio, *_ in drawn["product-list"]] == [0.0931]
    assert drawn["category-summary"] == []


def test_an_interval_without_bounds_is_told_as_one(url: str, query: Query) -> None:
    record = run(unbounded())
    publish([record], url=url)
    chosen = {"run": record.run_id, "experiment": "brand-detail"}
    assert query(statement(ratio({}), **chosen)) == [("joined", "0.950 [0, ∞]")]
